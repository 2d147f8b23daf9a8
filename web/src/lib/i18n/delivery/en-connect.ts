import { plural } from '../en/everywhere.ts';

export const connect = {
  tokenTitle: '1 · A token for its processes',
  tokenText: (app: string, env: string) =>
    `A client token is for one app in one environment: ${app} in ${env}. It lets processes read their configs and report what they hold, nothing else.`,
  createToken: 'Create client token',
  codeTitle: '2 · A few lines of code',
  runtime: 'Runtime',
  runtimes: { node: 'Node.js', nest: 'NestJS' },
  waitTitle: '3 · It connects',
  waiting: 'Waiting for the first instance. This ticks itself when it connects.',
  nothingHappens: 'Nothing happens?',
  checks: [
    'Is SLUICE_TOKEN set in the process, and for this app in this environment?',
    'Can the process reach this address? A proxy in between must let WebSocket through.',
    'The process logs why the server refused it.',
    'It runs on its defaults meanwhile: nothing is broken by this.',
  ].join('\n'),
  arrived: (n: number) => `${plural(n, 'instance is', 'instances are')} connected.`,
  since: 'started',
};
