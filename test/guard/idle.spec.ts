import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BlockedError, type Clock, createSluice, type Sluice } from '@sluice/client';
import { FakeServer } from '../client/fake-server.ts';
import { breaker, limitOf, wireRules } from '../client/guard-rules.ts';
import { until } from '../support/until.ts';

/** Real time, twenty times as fast, that knows which of its timers are running and where they were set. */
class CountedClock implements Clock {
  readonly #startedMs = performance.now();
  readonly #startedWall = Date.now();
  readonly running = new Map<object, string>();

  now(): number {
    return this.#startedWall + this.monotonic();
  }

  monotonic(): number {
    return (performance.now() - this.#startedMs) * 20;
  }

  after(delayMs: number, callback: () => void): { cancel(): void } {
    const key = {};
    const timer = setTimeout(() => {
      this.running.delete(key);
      callback();
    }, delayMs / 20);
    this.running.set(key, (new Error('set').stack ?? '').replaceAll('\\', '/'));
    return {
      cancel: () => {
        clearTimeout(timer);
        this.running.delete(key);
      },
    };
  }

  /** Timers that have to do with calls; the link and the cache have theirs. */
  get ofCalls(): string[] {
    return [...this.running.values()].filter((stack) => /\/src\/(guard|report)\//.test(stack));
  }
}

describe('a client whose calls are over', () => {
  let server: FakeServer;
  let sluice: Sluice;
  let clock: CountedClock;
  beforeEach(async () => {
    server = await new FakeServer().start();
    clock = new CountedClock();
    const queue = { algorithm: 'concurrency', max: 1, queue: 5, maxQueueMs: 400, intervalMs: undefined };
    const paced = { algorithm: 'leakyBucket', limit: 20, maxQueueMs: 400 };
    server.push(
      wireRules(
        'limits',
        {
          few: limitOf(50, { scope: 'cluster' } as never),
          queue: JSON.parse(JSON.stringify(limitOf(1, queue as never))) as never,
          paced: limitOf(20, paced as never),
          broken: breaker({ strategy: 'errorRatio', threshold: 0.5, minCalls: 5 } as never),
        },
        1,
      ),
    );
    sluice = createSluice({
      server: server.url,
      token: 't',
      environment: 'prod',
      app: 'order-api',
      instanceId: 'order-0',
      cacheDir: false,
      logger: false,
      clock,
    });
    await sluice.ready();
  });
  afterEach(async () => {
    await sluice.close();
    await server.stop();
  });

  it('has no timer of theirs any more, whatever they did', async () => {
    // Connecting has woken it: the server may have forgotten what it was told.
    await until('nothing is left to tell', async () => clock.ofCalls.length === 0);
    const pay = sluice.protect(
      'pay',
      async (ends: 'well' | 'badly' | 'late', signal?: AbortSignal) => {
        if (ends === 'badly') throw new Error('down');
        if (ends === 'late') await new Promise((resolve) => setTimeout(resolve, 5));
        return signal?.aborted ? 'aborted' : 'paid';
      },
      { signal: (_, signal) => signal },
    );
    for (let round = 0; round < 5; round++) {
      const stop = new AbortController();
      const all = [
        pay('well'),
        pay('badly'),
        pay('late'),
        pay('late', stop.signal),
        pay('well', stop.signal),
        sluice.enter('pay').then((passage) => passage.exit()),
      ];
      stop.abort(new Error('gone'));
      for (const end of await Promise.allSettled(all))
        if (end.status === 'rejected' && !(end.reason instanceof BlockedError))
          expect(['down', 'gone']).toContain((end.reason as Error).message);
    }
    expect(clock.ofCalls.length).toBeGreaterThan(0);
    await until('the last second has been told', async () => clock.ofCalls.length === 0);
    expect(sluice.guarding().resources.map(({ active }) => active)).toEqual([0]);
    // Nothing wakes up again by itself.
    const told = server.heard.report.length;
    const endMs = clock.monotonic() + 5000;
    await until('five seconds have passed', async () => {
      expect(clock.ofCalls).toEqual([]);
      return clock.monotonic() > endMs;
    });
    expect(server.heard.report.length).toBe(told);
  });
});
