import { plural } from '../en/everywhere.ts';

export const scripts = {
  source: 'Script, in JavaScript',
  roles: {
    decide:
      "decide(call) answers 'pass', 'block' or { block: true, reason, retryAfterMs } for each call. It sees only the inputs below, with now and random as data.",
    policy:
      "policy(stats) answers settings by the keys of other rules of this namespace, such as { 'limit-orders': { limit: 50 } }, which those then enforce.",
    fallback: 'fallback(call, error) answers what a refused caller gets; other rules name this one.',
  },
  check: 'Check on the server',
  checked: (size: string, limit: string) => `It would run: ${size} of at most ${limit}.`,
  unused: (names: string) => `Declared, but nowhere in the source: ${names}`,
  place: (line: number, column: number) => `Line ${line}, column ${column}`,
  unavailable:
    'This server can run no scripts. Rules keep their "when it fails" answer on instances that cannot, too.',
  playground: 'Try it, without any effect',
  ownInput: 'Input of yours, as JSON by the names above; several as a list',
  errorInput: 'Error that fallback gets, as JSON',
  random: 'Random number that it sees',
  recorded: 'Recorded calls',
  recordedHint: 'The newest calls that instances recorded of the resource of this rule',
  recordedHintAll:
    'The newest calls that instances recorded of any resource: the rule is about more than one',
  noRecorded: 'none',
  last: (n: number) => `the last ${n}`,
  run: 'Run',
  runHint: 'Ctrl+Enter',
  compare: 'Compare with the live version',
  noLive: 'Nothing of this name is live yet.',
  inputs: 'Input',
  result: 'Result',
  liveResult: 'Live version',
  took: 'Took',
  ms: (n: string) => `${n} ms`,
  differs: 'differs',
  same: 'same',
  differing: (n: number, of: number) =>
    `${n} of ${plural(of, 'run differs', 'runs differ')} from the live version`,
  runs: (n: number) => plural(n, 'run', 'runs'),
  failedRuns: (n: number) => `${n} failed`,
  leftOut: (n: number) => `${plural(n, 'run was', 'runs were')} left out: the whole took longer than 15 s.`,
  own: 'own input',
  call: (verdict: string) => `recorded, ${verdict}`,
  verdicts: { pass: 'passed', block: 'blocked', wouldBlock: 'would-block' },
  notJson: (reason: string) => `The input is not JSON: ${reason}`,
  notObject:
    'An input is an object of what the script sees, such as { "origin": "web" }; several are a list of them.',
  older: 'This came of the script before your last change of it.',
  runsOn: (n: number) => `Runs on ${plural(n, 'instance', 'instances')}`,
  troubleOn: {
    quarantined: (n: number, of: number) => `Switched off on ${n} of ${plural(of, 'instance', 'instances')}`,
    unavailable: (n: number, of: number) => `Cannot run on ${n} of ${plural(of, 'instance', 'instances')}`,
    failing: (n: number, of: number) => `Fails on ${n} of ${plural(of, 'instance', 'instances')}`,
  },
  nothingRecorded: 'No call of this resource is recorded yet. Give input of your own.',
};
