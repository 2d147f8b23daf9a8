// A program that serves one request under rules in every way there is, and ends without closing anything.
import { AsyncLocalStorage } from 'node:async_hooks';
import { testSluice } from '@sluice/client/testing';
import { fastClock } from './fast-clock.ts';
import { limitOf } from './guard-rules.ts';

const clock = fastClock(20);
const sluice = testSluice({}, { clock });
const waits = { ...limitOf(100), algorithm: 'leakyBucket' } as never;
await sluice.rules({
  pay: limitOf(2),
  waits: { ...(waits as object), resource: { match: 'exact', value: 'waits' } } as never,
  shed: {
    kind: 'system',
    resource: { match: 'exact', value: 'x' },
    mode: 'monitor',
    signal: 'cpu',
    threshold: 0.9,
  },
});

async function serve(request: AsyncLocalStorage<object>): Promise<WeakRef<object>> {
  const store = { body: Buffer.alloc(1e6) };
  await request.run(store, async () => {
    await sluice.inContext({ user: 'u1' }, async () => {
      const pay = sluice.protect('pay', async () => 1, {
        fallback: () => 2,
        inputs: () => ({ origin: 'shop' }),
      });
      const wait = sluice.protect('waits', async () => 1);
      await Promise.all([pay(), pay(), pay(), wait(), wait(), wait()]);
      sluice.entry('other').exit();
      void sluice.protect('hangs', () => Promise.resolve())();
    });
  });
  return new WeakRef(store);
}

// Nothing is told any more of what came before, so that what the request sets off is set off by it.
await new Promise((resolve) => clock.after(5000, () => resolve(undefined), 'held'));
const request = await serve(new AsyncLocalStorage());
await new Promise((resolve) => setImmediate(resolve));
(globalThis as { gc?: () => void }).gc?.();
console.log(request.deref() === undefined ? 'forgotten' : 'kept');
