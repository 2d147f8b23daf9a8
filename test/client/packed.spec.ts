import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wireMap } from '../../libs/client/src/testing/wire-namespace.ts';
import { nodeRuntime } from '../support/node-runtime.ts';
import { PackedClient } from '../support/packed-client.ts';
import { FakeServer } from './fake-server.ts';
import { pay, wireRules } from './guard-rules.ts';

const run = promisify(execFile);
const project = new PackedClient();

beforeAll(async () => {
  await project.install();
  project.addIsolatedVm();
}, 300_000);
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

const guarded = `
import { BlockedError, createSluice } from '@sluice/client';
const sluice = createSluice({ server: process.argv[2], token: 't', cacheDir: false, logger: false });
await sluice.ready({ timeoutMs: 10_000 });
const said = { passed: 0, blocked: 0, odd: 0 };
const calls = setInterval(async () => {
  try {
    (await sluice.enter('pay', { user: 'eve' })).exit();
    said.passed++;
  } catch (error) {
    said[error instanceof BlockedError && error.ruleId === 'gate/who' ? 'blocked' : 'odd']++;
  }
}, 20);
for await (const _ of process.stdin);
clearInterval(calls);
console.log(JSON.stringify(said));
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
    ['20', '20.19.0', false],
    ['22', '22', false],
    ['24', '24', true],
  ])(
    'runs scripts of rules on Node %s, or leaves each to its onError and says why',
    async (major, oldest, canRun) => {
      const node = await nodeRuntime(oldest, major);
      const program = project.write('guarded.mjs', guarded);
      const server = await new FakeServer().start();
      try {
        const source = 'function decide(call) { return call.user === "eve" ? "block" : "pass" }';
        const script = { kind: 'script', role: 'decide', resource: pay, mode: 'intercept', source };
        server.push(wireRules('gate', { who: { ...script, inputs: ['user'], timeoutMs: 1000 } }, 1));
        const running = run(node, [program, server.url]);
        if (canRun)
          await server.hears('report', ({ seconds }) =>
            seconds.some(({ resources }) =>
              resources.some(({ rules }) => rules.some((one) => one.blocked > 0)),
            ),
          );
        else {
          const { scripts } = await server.hears('report', (frame) => frame.scripts.length > 0);
          expect(scripts).toMatchObject([{ rule: 'gate/who', state: 'unavailable' }]);
          expect(scripts[0]?.error).toContain(`Node ${major}.`);
        }
        running.child.stdin?.end();
        const { stdout, stderr } = await running;
        expect(stderr).toBe('');
        const { passed, blocked, odd } = JSON.parse(stdout);
        expect(odd).toBe(0);
        if (canRun) expect(blocked).toBeGreaterThan(0);
        else expect([passed > 0, blocked]).toEqual([true, 0]);
      } finally {
        await server.stop();
      }
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
       const sluice: Sluice = createSluice({ server: process.env.SHOP_SLUICE, token: process.env['SHOP_TOKEN'] });
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
