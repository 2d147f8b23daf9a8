// A program whose callers are all somebody else: a million users under limits by user, and what that costs in memory.
// With a number of paths each of them comes to each path, under one limit that is about all of them.
import { BlockedError } from '@sluice/client';
import { manualClock, testSluice } from '@sluice/client/testing';
import type { Rule, Rules } from '@sluice/core';

const collect = (globalThis as { gc?: () => void }).gc!;
const users = Number(process.argv[2]);
const paths = Number(process.argv[3] ?? 0);
const byUser = (more: object): Rule =>
  ({
    kind: 'limit',
    resource: { match: 'exact', value: 'pay' },
    mode: 'intercept',
    per: { by: 'user' },
    ...more,
  }) as Rule;

const clock = manualClock();
const sluice = testSluice({}, { clock });
const ofAllPaths: Rules = {
  window: byUser({
    algorithm: 'slidingWindow',
    limit: 3,
    windowMs: 3_600_000,
    resource: { match: 'glob', value: '/**' },
  }),
};
const ofOne: Rules = {
  bucket: byUser({ algorithm: 'tokenBucket', limit: 2, intervalMs: 60_000 }),
  window: byUser({ algorithm: 'slidingWindow', limit: 3, windowMs: 60_000 }),
  permits: byUser({ algorithm: 'concurrency', max: 2 }),
  watched: byUser({ algorithm: 'leakyBucket', limit: 1, intervalMs: 60_000, maxQueueMs: 0, mode: 'monitor' }),
};
await sluice.rules(paths > 0 ? ofAllPaths : ofOne);
const heapBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

let [passed, refused, failed] = [0, 0, 0];
function call(user: string, resource = 'pay'): void {
  try {
    sluice.entry(resource, { user, tags: { session: user } }).exit();
    passed += 1;
  } catch (error) {
    if (error instanceof BlockedError) refused += 1;
    else failed += 1;
  }
}

call('first');
await clock.advance(1000);
const before = heapBytes();
for (let n = 0; n < users; n++) {
  if (paths === 0) call(`user-${n}`);
  for (let path = 0; path < paths; path++) call(`user-${n}`, `/p${path}`);
  // Somebody who comes again and again is not forgotten among all those who come once.
  if (n % 50 === 0) call('greedy');
  if (n % 10_000 === 0) await clock.advance(100);
}
const grown = heapBytes() - before;
console.log(JSON.stringify({ grownMb: grown / 1024 / 1024, passed, refused, failed }));
await sluice.close();
