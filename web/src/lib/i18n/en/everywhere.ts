/** One thing or several, as English counts. */
export const plural = (n: number, one: string, other: string): string => `${n} ${n === 1 ? one : other}`;

export const common = {
  loading: 'Loading …',
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  required: 'Needed',
  asCommand: 'The same on the command line',
  lastSeen: 'Last seen',
  sortBy: (column: string) => `Sort by ${column}`,
  shownOnce: 'This secret is shown once. Copy it now: the server keeps only its hash.',
  newest: 'Newest',
  older: 'Older',
  comma: ', ',
  nameRule: '1 to 128 of A-Z a-z 0-9 . _ -, and not only dots',
  nothingMatches: (words: string) => `Nothing matches "${words}"`,
};

export const format = {
  seconds: (n: number) => `${n} s`,
  minutes: (n: number) => `${n} min`,
  hours: (n: number) => `${n} h`,
  days: (n: number) => `${n} d`,
  ago: (age: string) => `${age} ago`,
};

export const problem = {
  unreachable:
    'The server does not answer. What instances hold is unaffected. Check that it runs and that the network lets you through, then try again.',
  strangeAnswer: (status: number) =>
    `Something between here and the server answered with status ${status}. Whether the server got the request is not known. Try again, and look at the proxy if it stays.`,
  unreadableAnswer: (operation: string) =>
    `The server's answer to ${operation} does not have the form that this page expects. Reload the page: it may be older than the server.`,
  ofOurOwn: (what: string) =>
    `This page made a mistake of its own: ${what}. Nothing was sent. Reload the page.`,
  request: 'request',
};

export const access = {
  wholeServer: 'the whole server',
  needs: (role: string, where: string) =>
    `Needs the role ${role} on ${where}. An administrator can grant it.`,
  /** Above, and who has it: at most five names. */
  needsAsk: (role: string, where: string, names: readonly string[], more: number) =>
    `Needs the role ${role} on ${where}. Ask ${names.join(', ')}${more > 0 ? ` or ${more} more` : ''}.`,
};

export const roles = {
  viewer: 'viewer',
  editor: 'editor',
  publisher: 'publisher',
  drillOperator: 'drill operator',
  admin: 'admin',
  auditor: 'auditor',
};

export const live = {
  live: 'Live',
  liveHint: 'What changes is shown as it happens',
  connecting: 'Connecting',
  reconnecting: (age: string) => `Reconnecting ${age}`,
  reconnectingHint:
    'The live connection was cut. What you see may be as old as this says. It is being opened again.',
  polling: (age: string) => `Polling, cut ${age} ago`,
  pollingHint: 'No live connection: everything is read again every 5 s until it is back.',
  silentNodes: (n: number) =>
    `${plural(n, 'other server', 'other servers')} did not answer in time. What instances tell there is missing here.`,
};
