import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wireMap } from '../../libs/client/src/testing/wire-namespace.ts';
import { nodeRuntime } from '../support/node-runtime.ts';
import { PackedClient } from '../support/packed-client.ts';
import { FakeServer } from './fake-server.ts';

const run = promisify(execFile);
const project = new PackedClient();

beforeAll(() => project.install(), 300_000);
afterAll(() => project.remove());

const app = `
import { createSluice, num } from '@sluice/client';
const [server, cacheDir] = process.argv.slice(2);
const sluice = createSluice({ server, token: 't', environment: 'prod', app: 'shop', cacheDir, logger: false });
const order = sluice.config('order', { timeoutMs: num(800) }, { validate: ({ timeoutMs }) => timeoutMs > 0 });
const state = await sluice.ready({ timeoutMs: Number(process.argv[4]) });
console.log(state, order.timeoutMs, process.versions.node);
// Stays until it is told to end, so that what it says to the server arrives.
for await (const _ of process.stdin);
await sluice.close();
`;

describe('@sluice/client as it is published', () => {
  // The first version of each is the oldest that is promised; where a platform has no package of it, the newest.
  it.each([
    ['20', '20.19.0'],
    ['22', '22'],
    ['24', '24'],
  ])(
    'runs on Node %s: connects, applies, and starts from disk',
    async (major, oldest) => {
      const node = await nodeRuntime(oldest, major);
      const program = project.write('app.mjs', app);
      const cacheDir = join(project.folder, `cache-${major}`);
      const server = await new FakeServer().start();
      try {
        const schema = { properties: { timeoutMs: { maximum: 1000 } } };
        server.push(wireMap('order', { timeoutMs: 50 }, 1, { schema }));
        const running = run(node, [program, server.url, cacheDir, '10000']);
        expect((await server.hears('ack')).namespaces[0]?.state).toBe('applied');
        running.child.stdin?.end();
        const online = await running;
        expect(online.stdout).toMatch(new RegExp(`^live 50 ${major}\\.`));
        expect(online.stderr).toBe('');
        expect((await server.hears('hello')).sdk).toMatch(new RegExp(`node ${major}\\.`));
      } finally {
        await server.stop();
      }
      const alone = run(node, [program, server.url, cacheDir, '1000']);
      alone.child.stdin?.end();
      const offline = await alone;
      expect(offline.stdout).toMatch(new RegExp(`^snapshot 50 ${major}\\.`));
    },
    120_000,
  );

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types for a consumer with module %s and moduleResolution %s', (module, moduleResolution) => {
    const good = project.write(
      'consumer.ts',
      `import { createSluice, num, type Sluice, StartupError, str } from '@sluice/client';
       import { manualClock, testSluice } from '@sluice/client/testing';
       const sluice: Sluice = createSluice({ server: 'http://127.0.0.1:7788', token: 't' });
       const order = sluice.config(
         'order',
         { timeoutMs: num(800), mode: str('a', { oneOf: ['a', 'b'] }) },
         { startup: 'strong', validate: (values, previous) => values.timeoutMs >= previous.timeoutMs || 'too small' },
       );
       export const timeoutMs: number = order.timeoutMs;
       export const mode: 'a' | 'b' = order.mode;
       export const state: 'live' | 'snapshot' | 'defaults' = await sluice.readyOrThrow();
       export const test = testSluice({ 'order.timeoutMs': 1 }, { clock: manualClock() });
       export const why = (error: StartupError): string => error.missing[0]?.why ?? '';
      `,
    );
    expect(project.typeFaults(good, module, moduleResolution)).toBe('');
    const bad = project.write(
      'misuse.ts',
      `import { createSluice, num } from '@sluice/client';
       createSluice({}).config('order', { timeoutMs: num(800) }).timeOutMs;
      `,
    );
    expect(project.typeFaults(bad, module, moduleResolution)).toContain("'timeOutMs' does not exist");
  });
});
