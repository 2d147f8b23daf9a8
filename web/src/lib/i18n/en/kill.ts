import { plural } from './everywhere.ts';

export const kill = {
  open: 'Kill switch',
  openOn: (n: number) => `Kill switch: ${n} on`,
  title: (env: string) => `Kill switch of ${env}`,
  intro:
    'For when something is going wrong now. Each of the three works at once, on every instance, and can be undone the same way. Clients obey without a server, too.',
  scope: 'For',
  whole: (env: string) => `the whole environment ${env}`,
  onlyApp: (app: string) => `only ${app}`,
  reason: 'Why',
  reasonHint: 'Optional; can be told later. It is shown to everybody beside the switch.',
  noReason: 'No reason given',
  toggles: {
    freezePublishes: 'Freeze publishes',
    monitorOnly: 'All rules to monitor',
    endFaults: 'End all faults',
  },
  effects: {
    freezePublishes:
      'Nothing new is published or pushed. What is on its way can still be abandoned, and what is out rolled back for a reason.',
    monitorOnly: 'Rules count what they would block, and block nothing: every call goes through.',
    endFaults: 'Every injected fault ends, and none begins.',
  },
  on: 'on',
  off: 'off',
  turnOn: (what: string, n: number) => `${what} on ${plural(n, 'instance', 'instances')}`,
  undo: (what: string, n: number) => `Undo on ${plural(n, 'instance', 'instances')}: ${what}`,
  undoShort: 'Undo …',
  tell: 'Save reason',
  obeyed: (acked: number, of: number) => `${acked} of ${plural(of, 'instance obeys', 'instances obey')}`,
  silent: (n: number, where: string) =>
    `${where}: ${plural(n, 'instance has', 'instances have')} not said that they obey`,
  andMore: (n: number) => `and ${n} more`,
  nobody: 'No instance is online: those that come will obey at once.',
  byWholeToo: 'The environment has it on as well: it stays on for this app until that is undone too.',
  turned: 'Switches in this environment',
  never: 'Never turned so far',
  turnedBy: (who: string) => `by ${who}`,
};
