import { expect, it } from '@jest/globals';
import { BlockedError, type Sluice } from '@sluice/client';
import type { Rule } from '@sluice/core';
import { wireRules } from '../client/guard-rules.ts';
import { useFakeServer } from '../client/use-fake-server.ts';
import { until } from '../support/until.ts';
import { isLong } from './long-tests.ts';

const fake = useFakeServer();
const calls = isLong ? 100_000 : 5000;
const lanes = 200;
const script = (name: string, body: string, timeoutMs: number): Rule =>
  ({
    kind: 'script',
    role: 'decide',
    resource: { match: 'exact', value: name },
    mode: 'intercept',
    inputs: ['user'],
    source: `function decide(call) { ${body} }`,
    timeoutMs,
  }) as Rule;

const middle = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1]!;

/** Calls from many lanes at a time: how many a second, how many were refused, and how long the app was held up by one. */
async function drive(sluice: Sluice, name: string, count: number) {
  const call = sluice.protect(name, async (_user: string) => 'paid', { inputs: (user) => ({ user }) });
  const held: number[] = [];
  let [left, refused] = [count, 0];
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const began = performance.now();
      const answer = call(`u${left % 100}`);
      held.push(performance.now() - began);
      await answer.catch((error: unknown) => {
        if (!(error instanceof BlockedError)) throw error;
        refused += 1;
      });
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  return { perSec: count / ((performance.now() - startedMs) / 1000), refused, heldMs: middle(held) };
}

it('decides many calls at a time, and one that never ends holds nobody up', async () => {
  fake.server.push(
    wireRules(
      'gate',
      {
        odd: script('odd', 'return Number(call.user.slice(1)) % 2 === 1 ? "block" : "pass";', 1000),
        endless: script('endless', 'for (;;);', 20),
      },
      1,
    ),
  );
  const sluice = fake.connect();
  await sluice.ready();
  await until('the script answers', async () => (await drive(sluice, 'odd', 2)).refused === 1);
  // A machine that stands still for the second that a decision may take lets those calls pass, as promised: then again.
  const odd = await until('a run in which every call is decided', async () => {
    const run = await drive(sluice, 'odd', calls);
    expect(run.refused).toBeLessThanOrEqual(calls / 2);
    return run.refused === calls / 2 && run;
  });
  expect(odd.heldMs).toBeLessThan(1);
  const endless = await drive(sluice, 'endless', 400);
  // Nobody is refused because of it, and each call had its thread back at once.
  expect(endless.refused).toBe(0);
  expect(endless.heldMs).toBeLessThan(1);
  // A script beside it goes on, in a fresh child; one that doesn't start is given up after 10 s, and the next is tried.
  await until(
    'the other script answers',
    async () => (await drive(sluice, 'odd', 2)).refused === 1,
    60_000,
  ).catch((error: Error) => {
    throw new Error(`${error.message}; the client warned of: ${fake.said.join(' | ') || 'nothing'}`);
  });
  process.stderr.write(
    `${odd.perSec.toFixed(0)} decisions/s through the client; a call holds its caller up for ${(odd.heldMs * 1000).toFixed(0)} us, ` +
      `${(endless.heldMs * 1000).toFixed(0)} us where the script never ends\n`,
  );
}, 120_000);
