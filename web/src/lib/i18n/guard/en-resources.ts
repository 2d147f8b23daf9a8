import { plural } from '../en/everywhere.ts';

export const types = {
  web: 'web',
  rpc: 'RPC',
  outbound: 'outbound',
  method: 'function',
  job: 'job',
};

export const resourcesTab = 'Resources';

export const codes = {
  denied: 'access denied',
  degraded: 'degraded',
  overloaded: 'overloaded',
  limited: 'over a limit',
  breakerOpen: 'breaker open',
};

export const breakerState = {
  closed: 'closed',
  open: 'open',
  halfOpen: 'half-open',
  forcedOpen: 'forced open',
  forcedClosed: 'forced closed',
};

export const resources = {
  resource: 'Resource',
  type: 'Type',
  everyType: 'Every type',
  filter: 'Filter by name',
  shownOf: (n: number, of: number) =>
    n === of ? plural(of, 'resource', 'resources') : `${n} of ${plural(of, 'resource', 'resources')}`,
  none: 'No call was seen yet',
  noneHint:
    'Wrap a function with sluice.protect(name, fn), or add the adapter of your framework: every route becomes a resource.',
  nothingMatches: 'No resource fits this filter',
  rate: 'Passed/s',
  trend: 'Last 5 min',
  trendLabel: (name: string) => `Calls of ${name} in the last five minutes`,
  blocked: 'Blocked/s',
  wouldBlock: 'Would-block/s',
  errors: 'Errors',
  p50: 'p50',
  p99: 'p99',
  breakers: 'Breakers',
  actions: 'Actions',
  noReport: 'nobody told',
  noReportHint: 'No instance told anything of the last minute. That is not the same as no calls.',
  overflowed:
    'An instance has seen more names than it counts by themselves; the rest is under __other__, still guarded. Give route patterns, not raw paths.',
  allClosed: 'none open',
  breakerCount: (n: number, state: string) => `${n} ${state}`,
  protect: 'Protect',
  protectNamed: (name: string) => `Protect ${name}`,
  firstSeen: 'First seen',
  lastSeen: 'Last call',
  instancesTold: 'Instances heard',
  concurrency: 'Under way at most',
  injected: 'Faults injected',
  degraded: 'Answered all the same',
  lastMinute: 'Last minute',
  perSec: (n: string) => `${n}/s`,
  ms: (n: string) => `${n} ms`,
  span: 'Time shown',
  spans: { '5m': '5 min', '1h': '1 h', '1d': '1 day', '7d': '7 days' },
  stepOf: (step: string) => `one point is ${step}`,
  pause: 'Pause',
  resume: 'Go on',
  paused: 'Paused. New data is kept and shown when you go on.',
  silentNodes: (n: number) =>
    `${plural(n, 'other server', 'other servers')} did not answer in time. What instances tell there is missing here.`,
  age: 'newest data',
  noData: 'no data',
  stale: 'Nothing new is told',
  calls: 'Calls per second',
  latency: 'Latency, ms',
  inFlight: 'Under way',
  series: {
    passed: 'passed',
    blocked: 'blocked',
    wouldBlock: 'would-block',
    errors: 'errors',
    p50: 'p50',
    p90: 'p90',
    p99: 'p99',
    active: 'under way',
  },
  at: 'at',
  asTable: 'As a table',
  chartHelp: 'Arrow keys move along the time, Esc goes back to now.',
  gaps: (n: number, total: string) =>
    `${plural(n, 'gap', 'gaps')} without reports, ${total} in all; drawn hatched. Nothing is known of that time.`,
  gapAt: (from: string, to: string) => `${from} to ${to}: no reports`,
  partial: 'Reports of some instances are lost in parts of this: numbers there are too low.',
  happened: 'What happened meanwhile',
  aroundIt: 'Everything that changed around this time',
  nothingHappened: 'No push, breaker turn or kill switch in this time',
  markers: { push: 'Push', breaker: 'Breaker', kill: 'Kill switch', drill: 'Drill' },
  drillMoved: { started: 'started', ended: 'ended', aborted: 'aborted', interrupted: 'interrupted' },
  breakerTurned: (rule: string, instance: string, from: string, to: string) =>
    `${rule} on ${instance}: ${from} → ${to}`,
  killTurned: (what: string) => (what ? `on: ${what}` : 'all off'),
  byInstance: 'By instance, last minute',
  noInstance: 'No instance told anything of the last minute',
  rulesHere: 'Rules on this resource',
  noRules: 'No rule is about this resource',
  noRulesHint: 'Begin in monitor mode: it counts what it would block, and blocks nothing.',
  notFoundHint: 'No call of that name and type was seen, or it was forgotten since.',
};

export const explain = {
  title: 'Explain a blocked call',
  label: 'Decision id',
  hint: 'From the BlockedError or the body of the refusal: decisionId. Each instance remembers its last 1,000.',
  button: 'Explain',
  refusedBy: 'Refused by',
  why: 'Because',
  instance: 'On',
  reason: 'The script says',
  measured: 'Measured',
  threshold: 'Threshold then',
  key: 'Counted under',
  state: 'Breaker was',
  retryAfter: 'Retry after',
};
