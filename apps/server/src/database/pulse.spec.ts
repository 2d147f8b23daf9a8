import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isOutage } from './outage.ts';
import { Pulse } from './pulse.ts';

/** Takes connections and never says a word, as a database that is frozen. */
describe('a database that is silent', () => {
  let silent: Server;
  let pulse: Pulse;
  let url: string;
  const open = new Set<Socket>();
  beforeEach(async () => {
    silent = createServer((socket) => open.add(socket.on('error', () => undefined).resume()));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    url = `postgres://sluice@127.0.0.1:${(silent.address() as AddressInfo).port}/x`;
    pulse = new Pulse(url);
  });
  afterEach(async () => {
    await pulse.close();
    for (const socket of open) socket.destroy();
    silent.close();
  });

  const client = () => {
    const Client = pulse.clientClass();
    const made = new Client({ connectionString: url });
    made.on('error', () => undefined);
    return made;
  };
  const failure = (): Promise<Error> =>
    new Promise((resolve) => client().connect((error: unknown) => resolve(error as Error)));

  it('has its connections cut, and whoever comes next is told at once', async () => {
    const waiting = failure();
    pulse.start();
    expect(isOutage(await waiting)).toBe(true);
    const begun = performance.now();
    const next = await failure();
    expect(next.message).toMatch('does not answer');
    expect(isOutage(next)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
