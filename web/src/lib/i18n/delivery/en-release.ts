import { plural } from '../en/everywhere.ts';

const people = (n: number): string => plural(n, 'instance', 'instances');

export const diff = {
  label: 'What changes',
  same: 'Nothing differs.',
  key: 'Key',
  before: 'Before',
  after: 'After',
  nothing: 'not there',
  added: 'added',
  removed: 'removed',
  changed: 'changed',
};

export const publish = {
  open: 'Publish',
  openChanges: (n: number) => `Publish ${plural(n, 'change', 'changes')} …`,
  nothingToPublish: 'Nothing to publish: your draft says what the release says.',
  title: (app: string, ns: string) => `Publish ${app} / ${ns}`,
  diff: (live: number) => `Release ${live} → your draft`,
  firstDiff: 'The first release',
  whoGetsIt: 'Who gets it',
  reach: (online: number, offline: number) =>
    offline === 0
      ? `${people(online)} online`
      : `${people(online)} online, ${offline} offline get it when they return`,
  already: (n: number) => `${n} hold it already`,
  affectedList: 'Instances that get this release',
  nobodyYet: 'No instance is known yet. It is released all the same; whoever connects gets it.',
  whenItReturns: 'gets it when it returns',
  holdsAlready: 'holds it already',
  getsIt: 'gets it now',
  showAll: (n: number) => `Show all ${n}`,
  message: 'Why',
  messageHint: 'Everybody reads it in the history and in Changes. Ctrl+Enter publishes.',
  protectedLabel: (env: string, app: string) => `${env} is protected. Type the app's name to go on: ${app}`,
  typeName: (app: string) => `This environment is protected: type the app's name, ${app}, first.`,
  ownValues:
    'Some instances have a value of their own for these keys, from a gray, a group or a push to them alone.',
  seeExactly: 'See exactly who changes',
  button: (n: number) => `Publish to ${people(n)}`,
};

export const rollback = {
  open: (n?: number) => (n === undefined ? 'Roll back' : `Roll back to release ${n}`),
  first: 'There is no release before this one.',
  notLive: (this_: number, live: number) =>
    `Release ${this_} is not live any more, release ${live} is. Roll back from its history.`,
  title: (n: number) => `Roll back to release ${n}`,
  diff: (from: number, to: number) => `Release ${from} → content of release ${to}`,
  button: (n: number, to: number) => `Roll ${people(n)} back to release ${to}`,
  emergency: 'Emergency: why it is undone although publishing is frozen',
  emergencyHint: 'Filled in, it goes at once; it is flagged, and everybody reads the reason.',
  done: (n: number, to: number) =>
    `Rolled back and live: release ${n} has the content of release ${to}. Nothing else to publish. Your draft, if you had one, is kept in the stash.`,
};
