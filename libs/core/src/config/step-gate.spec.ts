import { describe, expect, it } from '@jest/globals';
import { defaultSteps, type GateFacts, gateWaits, stepsOf, waitText } from './step-gate.ts';

const rule = { bakeMs: 60_000, health: true, click: true };
const open: GateFacts = { reachable: 3, applied: 3, bakedMs: 60_000, health: 'healthy', clicked: true };
const waits = (facts: Partial<GateFacts>, more: Partial<typeof rule> = {}) =>
  gateWaits({ ...rule, ...more }, { ...open, ...facts });

describe('gateWaits', () => {
  it('is empty when everything holds', () => {
    expect(waits({})).toEqual([]);
  });

  it.each<[Partial<GateFacts>, unknown]>([
    [{ applied: 1 }, { for: 'acks', missing: 2 }],
    [{ bakedMs: 59_999 }, { for: 'bake', leftMs: 1 }],
    [{ health: 'unknown' }, { for: 'health' }],
    [{ health: 'breached' }, { for: 'health' }],
    [{ clicked: false }, { for: 'click' }],
  ])('waits while %j', (facts, wait) => {
    expect(waits(facts)).toEqual([wait]);
  });

  it('names all that is waited for, in words of both languages', () => {
    const all = waits({ applied: 0, bakedMs: 0, health: 'unknown', clicked: false });
    expect(all.map((wait) => wait.for)).toEqual(['acks', 'bake', 'health', 'click']);
    expect(all.map((wait) => waitText(wait).en).join()).toContain('3 reachable instances');
    expect(all.every((wait) => !/[{}]/.test(waitText(wait).en + waitText(wait).zh))).toBe(true);
  });

  it('tells the time that is left as people say it', () => {
    const left = (leftMs: number) => waitText({ for: 'bake', leftMs });
    expect(left(598_189).en).toBe('9 min 59 s of the bake time are left');
    expect(left(7_200_000).zh).toBe('观察时间还剩 2 小时');
    expect(left(1).en).toBe('1 ms of the bake time are left');
  });

  it('asks for health and a click only where the rule does, for acks always', () => {
    const bare = { bakeMs: 0, health: false, click: false };
    expect(waits({ bakedMs: 0, health: 'unknown', clicked: false }, bare)).toEqual([]);
    expect(waits({ applied: 2 }, bare)).toEqual([{ for: 'acks', missing: 1 }]);
    expect(waits({ reachable: 0, applied: 0 }, bare)).toEqual([]);
  });
});

describe('stepsOf', () => {
  it('reads steps that grow', () => {
    expect(stepsOf(defaultSteps)).toEqual({
      ok: true,
      value: [{ basisPoints: 500 }, { basisPoints: 2500 }, { basisPoints: 10_000 }],
    });
    expect(stepsOf([0.5])).toEqual({ ok: true, value: [{ basisPoints: 50 }] });
  });

  it.each<[number[], string]>([
    [[], 'no_steps'],
    [Array.from({ length: 21 }, (_, i) => i + 1), 'too_many_steps'],
    [[0, 5], 'bad_percent'],
    [[5, 101], 'bad_percent'],
    [[5, 5], 'not_growing'],
    [[25, 5], 'not_growing'],
  ])('refuses %j: %s', (percents, code) => {
    expect(stepsOf(percents)).toMatchObject({ ok: false, refusal: { code } });
  });
});
