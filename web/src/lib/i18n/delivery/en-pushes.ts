import { plural } from '../en/everywhere.ts';

const people = (n: number): string => plural(n, 'instance', 'instances');

export const plan = {
  list: 'Instances that change',
  filter: 'Find an instance',
  holds: 'State',
  holding: {
    before: 'gets it now',
    after: 'holds it already',
    other: 'holds something else',
    unknown: 'not known',
  },
  nowToNew: 'Now → new',
  why: 'Why it',
  nobody: 'Nobody changes by this',
  changes: (n: number) => plural(n, 'value changes', 'values change'),
  change: (n: number) => (n === 1 ? 'instance changes' : 'instances change'),
  offline: (n: number) => `${n} of them offline: they get it when they return`,
  unmoved: (n: number) => `${n} concerned, but what they hold stays the same`,
  unknown: (n: number) =>
    `${plural(n, 'id', 'ids')} that no instance ever had. They get it should they come; check for typing mistakes:`,
  payload: (largest: string, online: number, total: string) => `to send: ${largest} × ${online} = ${total}`,
  forSo: (n: number) => `for ${people(n)}`,
  moved:
    'Since you looked, who would change has moved. Nothing was changed. This is the new list: look at it and press again.',
  joined: 'Joined',
  left: 'Left',
  changedMeanwhile: 'Would change differently',
  clash: (namespace: string, keys: readonly string[]) =>
    `Another push decides ${keys.length > 0 ? `${keys.join(', ')} of ` : ''}${namespace} for some instances already.`,
  otherPush: 'Open that push',
};

export const selector = {
  problem: (words: string) => words,
  matches: (n: number, online: number, names: readonly string[], more: number) =>
    n === 0
      ? `Fits none of ${people(online)} online now`
      : `Fits ${n} of ${online} online now: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  hint: 'Conditions on labels, joined by commas; all must hold',
  optional: 'Empty: out of all instances',
  offers: 'Labels of online instances; press one to add it',
};

export const timeBox = {
  label: 'How long',
  hint: 'Each instance goes back by itself when the time is over, even if this server is gone then.',
  none: 'Until it is ended',
  after: (time: string) => `for ${time}`,
  own: 'Another time',
  untilCleared: 'Until somebody clears it',
  minutes: 'Minutes',
  minutesUnit: 'min',
};

export const wizard = {
  title: (what: string) => `Publish ${what}`,
  stepsLabel: 'Steps of this publish',
  steps: { change: 'Change', target: 'Target', guard: 'Guard', confirm: 'Confirm' },
  back: 'Back',
  next: (step: string) => `Next: ${step}`,
  nothingChosen: 'Nothing is chosen to be published',
  nothingChosenHint: 'Open a namespace, edit it, and press Publish.',
  edit: 'Edit',
  leaveOut: (ns: string) => `Leave out ${ns}`,
  addDrafts:
    'You have drafts in other namespaces of this app. In one change set, each instance applies all or nothing:',
  take: (ns: string) => `Add ${ns}`,
  messageHint: 'Everybody reads it in the history and in Changes.',
  mode: 'To whom',
  modes: { global: 'Everyone', gray: 'In gray', group: 'A group', single: 'One instance' },
  modeHints: {
    global: 'every instance of the app, now and later',
    gray: 'some first, more step by step, then promote or abandon',
    group: 'all that a named selector picks, now and later',
    single: 'for a time, to try or to help one process',
  },
  by: 'How members are found',
  kinds: { percent: 'Percent', count: 'Number', instances: 'By name', labels: 'By labels' },
  percents: 'Steps, in percent',
  percentsHint: (counts: readonly number[], online: number) =>
    `Of ${online} online now: ${counts.map((n) => (Number.isFinite(n) ? n : '?')).join(' → ')}. Who is in the first step is in all later ones.`,
  count: 'How many instances',
  countHint: (online: number) => `Of ${online} online now. Chosen once; one that stays away is replaced.`,
  countRule: 'A whole number from 1 to 10000',
  among: 'Only among',
  labels: 'All that these labels fit',
  chooseOne: 'Choose an instance',
  chooseSome: 'Choose instances',
  pasteLabel: 'Find, or paste a list of ids',
  takeShown: (n: number) => `Add these ${n}`,
  takeTyped: (n: number) => (n === 1 ? 'Take it as it is typed' : `Take these ${n} as they are typed`),
  picked: (n: number) => `${n} chosen`,
  stranger: 'never seen',
  noTarget: 'Choose first who gets it.',
  planRefused: 'The server refuses this plan; the reason is beside the choices.',
  planComing: 'The list of those who get it is on its way.',
  faults: {
    group: 'Choose a group to see who is in it.',
    instance: 'Choose an instance to see what changes for it.',
    ids: 'Choose instances to see what changes for them.',
    selector: 'Say by labels who gets it.',
    steps: 'Say the steps in percent, each larger than the one before.',
    count: 'Say how many instances get it.',
    reason: 'Say why it goes without guardrails.',
  },
  always:
    'In each step, every reachable member must have applied it and prove what it holds. This is always asked for.',
  bake: 'Wait at least',
  bakeHint: 'How long each step must have run before the next. 0: no wait',
  goOn: 'The next step begins',
  onClick: 'when somebody clicks',
  byItself: 'by itself, when all of this holds',
  health: 'Only while health is known to hold',
  healthHint: 'without traffic nothing is known, and the step waits',
  noSteps: 'One step: everybody who gets it gets it at once.',
  twoPhase: 'Two phases',
  twoPhaseHint: 'all reachable members check it first; one veto, and nobody applies it',
  noGuard: 'no extra guard',
  grays: 'Some keys of this are in gray already',
  graysKeep: 'Members of those grays keep the value that they have',
  graysSupersede: 'End those grays: everyone gets this value',
  inShort: 'In short',
  changeIt: (step: string) => `Back to ${step}`,
};

export const approval = {
  title: 'Approvals',
  proposed: 'Proposed, not started',
  notNeeded: 'Nothing of it has reached any instance yet. It needs no approval here.',
  count: (given: number, needed: number) => `${given} of ${needed} approvals`,
  by: (who: string) => `by ${who}`,
  none: 'Nobody has approved it yet.',
  approve: 'Approve this plan',
  start: (n: number) => `Start: publish to ${people(n)}`,
  yours: 'You have approved it.',
  own: 'You proposed it; somebody else has to approve it.',
  missing: (n: number) => `Needs ${plural(n, 'more approval', 'more approvals')} first.`,
  needed: (env: string) =>
    `${env} asks for approvals. Propose it: others look at the same list and approve it.`,
  propose: 'Propose it',
  emergency: 'Emergency: why it can’t wait for approvals',
  emergencyHint: 'Filled in, it goes at once; it is flagged, and everybody reads the reason.',
  flag: 'Emergency',
  flagText: 'It went without approval. The reason that was given:',
};

export const act = {
  advance: 'Next step',
  pause: 'Pause',
  resume: 'Resume',
  promote: 'Promote',
  abandon: 'Abandon',
  repush: 'Push again',
  advanceTitle: (from: number, of: number) => `From step ${from} to step ${from + 1} of ${of}`,
  advanceText: (now: string, next: string) => `${now} have it. With the next step ${next} have it.`,
  advanceEverybody:
    'With the next step everybody has it, newcomers too. It is still a gray: promote it, or abandon it.',
  advanceButton: (share: string, n: number) =>
    n === 0 ? `Push on to ${share}` : `Push on to ${share}: ${n} more`,
  promoteTitle: 'Promote to everyone',
  promoteText:
    'It becomes the value of everyone, as a new release. Members hold it already and see no change.',
  promoteButton: (n: number) => (n === 0 ? 'Promote: nobody else changes' : `Promote to ${n} more`),
  promoteConflict:
    'Since this gray began, some of its keys were changed for everyone. Choose whose value stays, key by key.',
  promoteBase: 'When it began',
  promoteGray: 'In gray',
  promoteGlobal: 'Everyone, now',
  groupsWin: 'Promote it anyhow: members of those groups get the value of their group',
  abandonTitle: 'Abandon this push',
  abandonText: 'They go back to what they would hold without it, and prove it like after any push.',
  abandonWho: 'Those who lose it',
  abandonButton: (n: number) => `Take it back from ${people(n)}`,
  withdraw: 'Withdraw',
  withdrawTitle: 'Withdraw this proposal',
  withdrawText: 'Nothing of it has reached any instance, and nothing will.',
  withdrawButton: 'Withdraw it',
  repushTitle: 'Push again to those who do not hold it',
  repushText: 'It is sent again and verified again. Nothing else changes.',
  repushWho: 'Those who get it again',
  repushButton: (n: number) => `Push again to ${people(n)}`,
  rollbackSeveral: 'Roll back',
  rollbackTitle: 'Roll back this change set',
  rollbackText: 'The content that each namespace had before comes back, as a new push.',
  rollbackButton: (n: number) => `Roll ${people(n)} back`,
  nobody: 'Nobody',
  notKnown: 'Who would change is not known yet',
  pausedNow: 'It is paused: resume it first.',
};

export const track = {
  title: 'Steps',
  step: (n: number, of: number) => `Step ${n} of ${of}`,
  share: (percent: number) => `${percent} %`,
  count: (n: number) => people(n),
  everyone: 'everyone',
  done: 'done',
  passed: 'behind it',
  now: 'now',
  later: 'later',
  since: 'In this step since',
  waits: 'It waits for:',
  open: 'Nothing holds it back.',
  click: 'Everything holds. The next step begins when somebody clicks.',
  last: 'Everything holds. Promote it to everyone, or abandon it.',
  left: 'ends in',
  over: 'its time is over',
  ended: {
    asked: 'It was ended by a person.',
    guardrail: 'A guardrail ended it.',
    expired: 'Its time was over; instances went back by themselves.',
    superseded: 'A later push took its place.',
  },
  halted: 'A guardrail halted it: nobody new gets it. Abandon it to take it back.',
  planAsConfirmed: 'The list as it was confirmed',
  planNow: 'Who would change now',
  rolledBack: 'undoes',
};

export const groups = {
  title: 'Groups',
  group: 'Group',
  selector: 'Selector',
  order: 'Order',
  orderHint: 'When several groups pick one instance, the higher order wins',
  matches: 'Online now',
  usedBy: 'In force in',
  notUsed: 'nowhere',
  create: 'Create group',
  change: (name: string) => `Change ${name}`,
  save: 'Save group',
  removeOf: (name: string) => `Delete ${name}`,
  removeSure: (name: string) => `Delete group ${name} now`,
  inForce: 'A push is in force for it: abandon that first, then its selector and order can change.',
  online: (n: number) => `${n} online`,
  manage: 'Groups of this app',
  none: 'No group yet',
  noneHint: 'A group is a named selector over labels: a zone, a version, who tries things first.',
};

export const layers = {
  title: 'In force for some instances',
  in: { gray: 'in gray', group: 'for a group', single: 'for one instance', global: 'global' },
  on: (n: number) => `on ${people(n)}`,
  whole: 'the whole document',
  others: (n: number) => `${n} hold what a layer gives them.`,
};

export const risk = {
  title: (surviving: number, online: number) =>
    `${surviving} of ${online} online would come back with their values if this server died now`,
  all: (online: number) => `All ${online} online would come back with their values if this server died now.`,
  filter: 'Would not survive a restart alone',
  show: (n: number) => `Show the ${n} at risk`,
  reasons: {
    cacheOff: 'no disk cache',
    cacheUnwritable: 'its disk cache cannot be written',
    cacheLocked: 'its disk cache is locked by another process',
    notInSync: 'holds something else than it should',
    startedOnDefaults: 'started on code defaults',
  },
};

export const proof = {
  probe: 'Ask it now',
  probeHint: 'It computes every digest anew from its live memory',
  silent: 'It did not answer within 3 s.',
  answered: (ms: number) => `It answered after ${ms} ms:`,
  equal: 'it holds exactly what it should.',
  differs: (names: readonly string[]) => `it holds something else than it should of ${names.join(', ')}.`,
  offline: 'It is offline, so it can’t be asked.',
};

export const past = {
  title: 'What it ran, and when',
  at: 'At',
  now: 'Last day',
  every: 'Every namespace',
  atMoment: 'What it held at that moment',
  changes: 'What it held, newest first',
  since: 'From',
  until: 'Until',
  still: 'still',
  content: 'Content',
  show: 'Show',
  hide: 'Hide',
  lost: 'no longer kept',
  none: 'Nothing is recorded for that time',
  recorded: 'Recorded since',
  nothing: 'nothing',
};

export const setOne = {
  open: 'Set a value here',
  title: (instance: string) => `Set a value on ${instance} alone`,
  intro: 'Only this instance gets it, for a time. It goes back by itself, even if this server is gone then.',
  button: 'Publish to 1 instance',
  changed: 'Change the value first.',
  wholeDocument:
    'A document or a rule is set on one instance from its namespace: edit it, press Publish, choose one instance.',
  toNamespace: 'To the namespace',
};
