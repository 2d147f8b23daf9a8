import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isInForce, isOver, nextEnd, remainingMs, timeBoxLimits, timeToLive } from './expiry.ts';

const { defaultMs, maxMs } = timeBoxLimits;

describe('timeToLive', () => {
  it('gives an hour when nothing was asked, and takes what is inside the bounds', () => {
    expect(timeToLive(undefined, false)).toEqual({ ok: true, value: 3_600_000 });
    expect(timeToLive(1, false)).toEqual({ ok: true, value: 1 });
    expect(timeToLive(604_800_000, false)).toEqual({ ok: true, value: maxMs });
  });

  it.each([0, -1, maxMs + 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %p, and cuts nothing',
    (asked) => {
      const answer = timeToLive(asked, true);
      expect(answer.ok).toBe(false);
      if (answer.ok) return;
      expect(answer.refusal.code).toBe('ttl_range');
      expect(answer.refusal.en).toContain(`${asked} ms`);
      expect(answer.refusal.zh).toContain(String(maxMs));
    },
  );

  it('lives until cleared only with the permission for it', () => {
    expect(timeToLive('untilCleared', true)).toEqual({ ok: true, value: undefined });
    expect(timeToLive('untilCleared', false)).toMatchObject({
      ok: false,
      refusal: { code: 'ttl_forbidden' },
    });
  });
});

describe('remainingMs', () => {
  const box = { startedAt: 1000, ttlMs: defaultMs };

  it('counts down to nothing and stays there', () => {
    expect(remainingMs(box, 1000)).toBe(defaultMs);
    expect(remainingMs(box, 1001)).toBe(defaultMs - 1);
    expect(remainingMs(box, 1000 + defaultMs)).toBe(0);
    expect(remainingMs(box, Number.MAX_SAFE_INTEGER)).toBe(0);
    expect([isOver(box, 999 + defaultMs), isOver(box, 1000 + defaultMs)]).toEqual([false, true]);
  });

  it('never grows while time passes, and never exceeds what was given, whatever the clock says', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: maxMs }),
        fc.integer(),
        fc.nat(),
        (startedAt, ttlMs, now, later) => {
          const left = remainingMs({ startedAt, ttlMs }, now);
          expect(left >= 0 && left <= ttlMs).toBe(true);
          expect(remainingMs({ startedAt, ttlMs }, now + later)).toBeLessThanOrEqual(left);
        },
      ),
    );
  });
});

describe('nextEnd', () => {
  it('is the earliest end that lies ahead', () => {
    const boxes = [
      { startedAt: 0, ttlMs: 10 },
      { startedAt: 0, ttlMs: 30 },
      { startedAt: 5, ttlMs: 20 },
    ];
    expect([0, 9, 10, 25, 30].map((now) => nextEnd(boxes, now))).toEqual([10, 10, 25, 30, undefined]);
  });
});

describe('isInForce', () => {
  it('holds without a time, or with some left', () => {
    expect([undefined, 1, 0, -5].map((ms) => isInForce(ms === undefined ? {} : { expiresInMs: ms }))).toEqual(
      [true, true, false, false],
    );
  });
});
