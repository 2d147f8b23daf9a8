import { plural } from '../en/everywhere.ts';

export const guardrail = {
  title: 'Guardrails',
  intro:
    'Every 5 s the members are compared with the rest of the fleet, as a whole and resource by resource. A breach stops the gray.',
  on: 'Compare the members with the rest',
  off: 'Go without guardrails',
  offWhy: 'Why without',
  offHint: 'It stands with the push. Nobody notices then that the members do worse.',
  onBreach: 'When they do worse',
  abandon: 'take it back by itself: the members get what they had before',
  halt: 'stop there: nobody new gets it until somebody decides',
  minCalls: 'Calls to judge by',
  minCallsHint: 'On each side. Fewer in a window wait for the next ones.',
  windows: 'Samples in a row',
  measures: 'Measures',
  measuresHint:
    'Too much is what exceeds both: so many times what the rest does, and so much more than the rest.',
  ratio: (measure: string) => `${measure}: so many times the rest`,
  floor: (measure: string) => `${measure}: and so much above it`,
  resources: 'Only these resources',
  resourcesHint: 'Empty: all of them',
  measure: {
    errorRatio: 'Errors',
    p99: 'p99',
    blockShare: 'Blocked',
    breakerOpenings: 'Breaker openings',
    applyFailures: 'Not applied',
  },
  health: { healthy: 'Healthy', unknown: 'Health unknown', breached: 'Breached' },
  none: (why: string) => `This gray goes without guardrails: ${why}`,
  rule: (windows: number, calls: number) =>
    `Over in ${windows} samples in a row, each of at least 5 s and ${calls} calls on both sides, is a breach; then`,
  since: 'since',
  window: 'Last window',
  instances: 'Instances',
  sides: (cohort: number, rest: number) => `${cohort} in the gray, ${rest} in the rest`,
  noWindow: 'The first window is not over yet.',
  table: 'The members against the rest',
  tableHint:
    'The members first, then the rest; below, the most that is tolerated. Breaker openings are per instance.',
  columns: { scope: 'Resource' },
  versus: (rest: string) => `vs ${rest}`,
  upTo: (limit: string) => `up to ${limit}`,
  overIn: (n: number) => `over, ${plural(n, 'sample', 'samples')}`,
  whole: 'all calls',
  few: (calls: number, needed: number) => `${calls} of ${needed} calls`,
  history: (n: number) => `What windows were judged to be (${n})`,
  despite:
    'Health is not known to hold. To go on all the same, say why; the reason stands in the audit. Without one, the step goes on as soon as health is known.',
};
