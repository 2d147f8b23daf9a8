import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Audience, areDisjoint, reachOf, reachText } from './audience.ts';
import { bucketOf } from './bucket.ts';
import type { LabelTerm } from './select.ts';
import { parseSelector } from './selector-text.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const terms = (text: string): readonly LabelTerm[] => {
  const answer = parseSelector(text);
  if (!answer.ok) throw new Error(answer.refusal.en);
  return answer.value;
};
const instance = { instanceId: 'orders-1', labels: { zone: 'a' } };
const bucket = bucketOf('s', 'orders-1', sha256);

describe('reachOf', () => {
  it.each<[Audience, unknown]>([
    [{ who: 'everyone' }, { by: 'everyone' }],
    [{ who: 'instances', ids: ['x', 'orders-1'] }, { by: 'name' }],
    [{ who: 'instances', ids: ['x'] }, undefined],
    [
      { who: 'labels', all: terms('zone in (b,a)') },
      { by: 'labels', selector: 'zone in (b,a)' },
    ],
    [{ who: 'labels', all: terms('zone=b') }, undefined],
    [{ who: 'percent', seed: 's', basisPoints: bucket }, undefined],
    [
      { who: 'percent', seed: 's', basisPoints: bucket + 1 },
      { by: 'percent', bucket, basisPoints: bucket + 1 },
    ],
    [{ who: 'percent', seed: 's', basisPoints: 10_000, among: terms('zone=b') }, undefined],
    [{ who: 'pinned', ids: ['orders-1'] }, { by: 'cohort' }],
    [{ who: 'pinned', ids: ['orders-2'] }, undefined],
    // A member whose labels no longer fit is out: what is told about the audience stays true.
    [{ who: 'pinned', ids: ['orders-1'], among: terms('zone=b') }, undefined],
  ])('of %j is %j', (audience, reach) => {
    expect(reachOf(audience, sha256)(instance)).toEqual(reach);
  });

  it('has words for every reach, in both languages', () => {
    const { en, zh } = reachText({ by: 'percent', bucket: 12, basisPoints: 500 });
    expect(en).toBe('its bucket 12 is below 500 of 10000');
    expect(zh).toBe('分桶 12 小于 500（共 10000）');
    for (const reach of [{ by: 'everyone' }, { by: 'name' }, { by: 'cohort' }] as const)
      expect(Object.values(reachText(reach)).every((text) => text.length > 0)).toBe(true);
    expect(reachText({ by: 'labels', selector: 'zone=a' }).en).toContain('zone=a');
  });
});

describe('areDisjoint', () => {
  const labels = (text: string): Audience => ({ who: 'labels', all: terms(text) });

  it.each<[string, string, boolean]>([
    ['zone=a', 'zone=b', true],
    ['zone in (a,b)', 'zone in (b,c)', false],
    ['zone in (a,b)', 'zone notin (a,b,c)', true],
    ['zone in (a,b)', 'zone!=a', false],
    ['gpu', '!gpu', true],
    ['gpu=x', '!gpu', true],
    ['gpu!=x', '!gpu', false],
    ['zone=a', 'version=2', false],
    ['zone=a, version=1', 'zone=a, version=2', true],
    ['zone in (a,b), zone!=a', 'zone in (a,c)', true],
  ])('of %p and %p is %p', (a, b, expected) => {
    expect([areDisjoint(labels(a), labels(b)), areDisjoint(labels(b), labels(a))]).toEqual([
      expected,
      expected,
    ]);
  });

  it('compares ids with ids, and shares by whom they are drawn from', () => {
    const ids = (...all: string[]): Audience => ({ who: 'instances', ids: all });
    const percent = (text?: string): Audience => ({
      who: 'percent',
      seed: 's',
      basisPoints: 1,
      ...(text && { among: terms(text) }),
    });
    expect(areDisjoint(ids('a'), ids('b', 'c'))).toBe(true);
    expect(areDisjoint(ids('a'), ids('c', 'a'))).toBe(false);
    expect(areDisjoint(ids('a'), labels('zone=a'))).toBe(false);
    expect(areDisjoint(percent(), percent())).toBe(false);
    expect(areDisjoint(percent('zone=a'), percent('zone=b'))).toBe(true);
    expect(areDisjoint(percent('zone=a'), { who: 'pinned', ids: ['x'], among: terms('zone=b') })).toBe(true);
    expect(areDisjoint({ who: 'everyone' }, percent())).toBe(false);
  });

  it('is proven exactly when no labels fit both', () => {
    const value = fc.constantFrom('a', 'b', 'c');
    const term = fc.record({
      label: fc.constantFrom('x', 'y'),
      op: fc.constantFrom<LabelTerm['op']>('in', 'notIn', 'exists', 'absent'),
      values: fc.uniqueArray(value, { maxLength: 3 }),
    });
    const all = fc.array(term, { maxLength: 3 }).map((list): Audience => ({ who: 'labels', all: list }));
    const worlds = [undefined, 'a', 'b', 'c', 'other'].flatMap((x) =>
      [undefined, 'a', 'b', 'c', 'other'].map((y) => ({
        instanceId: 'i',
        labels: { ...(x && { x }), ...(y && { y }) },
      })),
    );
    fc.assert(
      fc.property(all, all, (a, b) => {
        const [inA, inB] = [reachOf(a, sha256), reachOf(b, sha256)];
        expect(areDisjoint(a, b)).toBe(!worlds.some((world) => inA(world) && inB(world)));
      }),
      { numRuns: 500 },
    );
  });
});
