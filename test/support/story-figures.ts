import { expect } from '@jest/globals';

type Figures = Readonly<Record<string, string | number | boolean>>;

/** What each chapter of the story has to have measured, on four shops. */
export const trueFigures: Readonly<Record<string, (figures: Figures) => void>> = {
  gray: (figures) => expect(figures).toMatchObject({ holding: 2, targets: 2, shops: 4, shopsChanged: 2 }),
  promote: (figures) => expect(figures).toMatchObject({ state: 'promoted', holding: 4, shopsChanged: 4 }),
  watch: (figures) => expect(figures).toMatchObject({ holding: 4, targets: 4, pages: 10, refused: 0 }),
  predict(figures) {
    const { calls, wouldBlock, share } = figures as Record<'calls' | 'wouldBlock' | 'share', number>;
    expect(wouldBlock).toBeGreaterThanOrEqual(10);
    expect(calls).toBeGreaterThanOrEqual(wouldBlock);
    // Both are sums of samples, rounded each; the share is of the sums themselves.
    expect(Math.abs(share - wouldBlock / calls)).toBeLessThan(1 / calls);
  },
  intercept({ refused, ...others }) {
    expect(others).toEqual({ pages: 10, refusedElsewhere: 0, rule: 'robots/pace' });
    expect(refused).toBeGreaterThan(0);
  },
  drill(figures) {
    expect(figures).toMatchObject({ verdict: 'held', allClean: true });
    expect(figures.injected).toBeGreaterThanOrEqual(6);
    expect(figures.degraded).toBeGreaterThan(0);
    expect(figures.timeToOpenMs).toBeGreaterThan(0);
  },
  badRollout: (figures) =>
    expect(figures).toMatchObject({
      state: 'abandoned',
      reason: 'guardrail',
      because: expect.stringContaining('in the gray'),
      members: 1,
      stockTimeoutMs: 250,
    }),
  serverGone(figures) {
    expect(figures).toMatchObject({ holding: 4, shops: 4, inSync: 4 });
    expect(figures.refused).toBeGreaterThan(0);
    expect(Number(figures.goneMs)).toBeGreaterThan(Number(figures.restartedMs));
  },
};
