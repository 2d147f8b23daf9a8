import { plural } from '../en/everywhere.ts';

export const instances = {
  instance: 'Instance',
  state: 'State',
  labels: 'Labels',
  sdk: 'Client',
  started: 'Started',
  connected: 'connected',
  online: 'online',
  offline: 'offline',
  differs: 'differs',
  inSync: 'as released',
  conflict: 'two processes, one id',
  conflictNotice:
    'Two processes say that they are this instance. What is shown is what the last one said. Give each process an id of its own.',
  cacheTitle: 'Disk cache',
  cacheHint: 'After a restart while the server is away, this instance would run on its code defaults.',
  cache: {
    ok: 'disk cache works',
    off: 'no disk cache',
    unwritable: 'cache not writable',
    locked: 'cache locked',
  },
  shownOf: (shown: number, all: number) =>
    shown === all
      ? plural(all, 'instance', 'instances')
      : `${shown} of ${plural(all, 'instance', 'instances')}`,
  filter: 'Filter instances',
  filterHint: 'Ids, or label=value; several at once',
  everyState: 'Every state',
  filters: {
    online: 'Online',
    offline: 'Offline',
    differing: 'Differs from the release',
    cache: 'Without a working disk cache',
    conflict: 'Two processes, one id',
  },
  nothingMatches: 'No instance fits this filter',
  none: 'No instance yet',
  noneHint:
    'Instances appear by themselves when processes connect, and stay listed for a day after they leave.',
  about: 'About it',
  servesFrom: 'Serves',
  ready: { live: 'live values', snapshot: 'its disk snapshot', defaults: 'code defaults' },
  address: 'Address',
  node: 'Server node',
  whatItHolds: 'What it holds',
  holds: 'Holds',
  expected: 'Should hold',
  applied: 'Applied',
  nothing: 'nothing',
  noRelease: 'no known release',
  layered: 'what layers give it',
  holdsNothing: 'It holds nothing: this app has no released namespace yet.',
  offlineNotice: 'It is offline. This is what it said last:',
};

export const why = {
  title: 'Why this value',
  button: 'Why?',
  chooseKey: 'Choose a key',
  ladder: 'From which layer the value comes, strongest first',
  timeline: 'How it got there',
  codeDefault: 'its code default',
  layers: {
    instance: 'this instance',
    gray: 'gray',
    group: 'group',
    global: 'global',
    default: 'code default',
  },
  sentence: (instance: string, name: string, value: string, layer: string, reason: string) =>
    `${instance} holds ${name} = ${value}, from the layer "${layer}"${reason ? `: ${reason}` : '.'}`,
  unknown: (instance: string, name: string) =>
    `What ${instance} holds of ${name} is not known: it reports a content that is no release of this server.`,
  differs: (target: string) => `It should be ${target}.`,
};
