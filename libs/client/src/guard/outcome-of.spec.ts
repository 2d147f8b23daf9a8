import { describe, expect, it } from '@jest/globals';
import type { Rules } from '@sluice/core';
import { manualClock } from '../testing/manual-clock.ts';
import { testSluice } from '../testing/test-sluice.ts';

const twoErrorsShut: Rules = {
  shut: {
    kind: 'breaker',
    strategy: 'consecutiveErrors',
    threshold: 2,
    minCalls: 1,
    windowMs: 10_000,
    openMs: 60_000,
    mode: 'intercept',
    resource: { match: 'exact', value: 'bank' },
  },
};

describe('a call that its caller gives up', () => {
  it.each([
    ['says nothing of what was called', new Error('the user has left'), 'closed'],
    ['has failed where its time was over', new DOMException('too late', 'TimeoutError'), 'open'],
  ])('%s', async (_, reason, state) => {
    const sluice = testSluice({}, { clock: manualClock() });
    await sluice.rules(twoErrorsShut);
    const signals: AbortController[] = [];
    const ask = sluice.protect('bank', () => new Promise(() => undefined), {
      signal: () => {
        const gone = new AbortController();
        signals.push(gone);
        return gone.signal;
      },
    });
    for (let n = 0; n < 2; n++) {
      const asked = ask();
      signals.at(-1)!.abort(reason);
      await expect(asked).rejects.toBe(reason);
    }
    expect(sluice.guarding().resources[0]!.breakers).toMatchObject([{ state }]);
    await sluice.close();
  });

  it('is over, also while what a rule gives him instead never comes', async () => {
    const sluice = testSluice({}, { clock: manualClock() });
    const resource = { match: 'exact', value: 'bank' } as const;
    const onBlock = { answer: 'fallback', name: 'never' } as const;
    await sluice.rules({ closed: { kind: 'degrade', mode: 'intercept', resource, onBlock } });
    sluice.fallback('never', () => new Promise(() => undefined));
    const gone = new AbortController();
    const asked = sluice.protect('bank', async () => 1, { signal: () => gone.signal })();
    gone.abort(new Error('the user has left'));
    await expect(asked).rejects.toThrow('the user has left');
    await sluice.close();
  });
});
