import { plural } from './everywhere.ts';

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
  asCommand: 'The same on the command line',
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
  done: (n: number, to: number) =>
    `Rolled back and live: release ${n} has the content of release ${to}. Nothing else to publish. Your draft, if you had one, is kept in the stash.`,
};

export const push = {
  title: 'Push',
  it: 'it',
  what: 'What',
  about: 'About this push',
  mode: 'Mode',
  modes: { single: 'single', gray: 'gray', group: 'group', global: 'global: everybody' },
  digest: 'Digest',
  instances: (n: number) => people(n),
  instance: 'Instance',
  stateTitle: 'State',
  reason: 'Reason',
  latency: 'Took',
  since: 'Since',
  holding: 'Hold it',
  viewAs: 'View as',
  asGrid: 'Grid',
  asTable: 'Table',
  gridLabel: 'Targets of this push; arrow keys move, Enter opens the instance',
  cell: (id: string, state: string, ms?: number) => `${id}: ${state}${ms === undefined ? '' : `, ${ms} ms`}`,
  state: {
    pending: 'pending',
    applied: 'applied',
    rejected: 'rejected',
    failed: 'listener failed',
    timeout: 'no answer',
    offline: 'offline',
    drifted: 'drifted',
    repaired: 'repaired',
    superseded: 'holds a newer one',
  },
  pushState: {
    draft: 'being written',
    planned: 'proposed',
    running: 'running',
    paused: 'paused',
    verifying: 'verifying',
    converged: 'everybody has it',
    diverged: 'not everybody has it',
    promoting: 'becoming global',
    promoted: 'became global',
    halted: 'halted',
    abandoned: 'taken back',
  },
  holds: (holding: number, targets: number, what: string) => `${holding} of ${targets} hold ${what}`,
  nobody: (what: string) => `No instance was known when ${what} was pushed`,
  checked: (time: string) => `checked ${time}.`,
  proof: (digest: string, time: string) => `(sha ${digest}), checked ${time}.`,
  took: (ms: number) => ` The last one had it after ${ms} ms.`,
  countOf: (n: number, state: string) => `${n} ${state}`,
  noTargets: 'No instance here',
  none: 'Nothing was pushed yet',
  noneHint: 'Every release is pushed; each push ends in a verdict per instance.',
  onlyNamespace: 'Namespace',
  everyNamespace: 'Every namespace',
  openPage: 'Open push',
};

export const changes = {
  at: 'When',
  what: 'What',
  where: 'Where',
  why: 'Why',
  who: 'Who',
  push: 'Push',
  revision: 'Revision',
  whoHasIt: 'Who has it',
  kind: { publish: 'publish', rollback: 'rollback', import: 'import', delete: 'deleted' },
  none: 'No change',
  noneHint: 'Releases, rollbacks and deletions appear here.',
  onlyApp: 'App',
  everyApp: 'Every app',
};
