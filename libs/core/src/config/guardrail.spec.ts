import { describe, expect, it } from '@jest/globals';
import { latencyBoundMs } from '../guarding/counters.ts';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { guardrailDefaults, guardrailMeasures, type SideWindow } from './guardrail.ts';
import { excessText, turnText } from './guardrail-text.ts';
import { type GuardrailMemory, judgeTurn, type ScopeWindow, wholeApp } from './guardrail-turn.ts';
import { emptySide } from './side-window.ts';

const quiet: SideWindow = { ...emptySide, instances: 2 };
const busy = (calls: number, more: Partial<SideWindow> = {}): SideWindow => ({
  ...quiet,
  finished: calls,
  asked: calls,
  latency: [0, calls],
  ...more,
});
/** Buckets of 100 ms: up to 100, 200, … */
const bound = (bucket: number): number => (bucket + 1) * 100;
const noMemory: GuardrailMemory = new Map();
const turnOf = (scopes: readonly ScopeWindow[], memory = noMemory, boundMs = bound) =>
  judgeTurn(guardrailDefaults, memory, scopes, boundMs);
const judge = (cohort: SideWindow, rest: SideWindow, memory?: GuardrailMemory) =>
  turnOf([{ scope: wholeApp, cohort, rest }], memory);
const streaksOf = ({ readings }: ReturnType<typeof judge>) =>
  Object.fromEntries(readings.flatMap(({ measure, windows }) => (windows > 0 ? [[measure, windows]] : [])));
const overIn = (cohort: SideWindow, rest: SideWindow): string[] =>
  judge(cohort, rest).excesses.map((e) => e.measure);

describe('judgeTurn', () => {
  it('is healthy with enough calls on both sides and nothing over', () => {
    expect(judge(busy(100), busy(900))).toMatchObject({ health: 'healthy', excesses: [] });
  });

  it('knows nothing without traffic, or with too little on either side', () => {
    expect(judge(quiet, quiet).health).toBe('unknown');
    expect(judge(quiet, busy(900)).health).toBe('unknown');
    expect(judge(busy(99), busy(900)).health).toBe('unknown');
    expect(judge(busy(100), busy(99)).health).toBe('unknown');
    expect(overIn(busy(99, { errors: 99 }), busy(900))).toEqual([]);
  });

  it('wants ratio and floor: each alone is not over', () => {
    const rest = busy(10_000, { errors: 100 });
    expect(overIn(busy(10_000, { errors: 590 }), rest)).toEqual([]);
    expect(overIn(busy(10_000, { errors: 610 }), rest)).toEqual(['errorRatio']);
    const noisy = busy(10_000, { errors: 3000 });
    expect(overIn(busy(10_000, { errors: 5900 }), noisy)).toEqual([]);
    expect(overIn(busy(10_000, { errors: 6000 }), noisy)).toEqual(['errorRatio']);
  });

  it('wants more than chance explains', () => {
    // 10 of 100 is twice 5 %, and above it by 5 %, but one window in thirty looks like this by chance.
    expect(overIn(busy(100, { errors: 10 }), busy(1000, { errors: 50 }))).toEqual([]);
    expect(overIn(busy(1000, { errors: 100 }), busy(10_000, { errors: 500 }))).toEqual(['errorRatio']);
  });

  it('is breached by the second window in a row, and the first one holds', () => {
    const [bad, rest] = [busy(200, { errors: 80 }), busy(2000)];
    const first = judge(bad, rest);
    expect([first.health, streaksOf(first)]).toEqual(['unknown', { errorRatio: 1 }]);
    const second = judge(bad, rest, first.memory);
    expect(second.health).toBe('breached');
    expect(second.excesses).toEqual([
      { scope: wholeApp, measure: 'errorRatio', cohort: 0.4, rest: 0, windows: 2 },
    ]);
    expect(judge(bad, rest, judge(busy(200), rest, first.memory).memory).health).toBe('unknown');
  });

  it('passes a window without traffic over', () => {
    const [bad, rest] = [busy(200, { errors: 80 }), busy(2000)];
    const silent = judge(quiet, rest, judge(bad, rest).memory);
    expect([silent.health, streaksOf(silent)]).toEqual(['unknown', { errorRatio: 1 }]);
    expect(judge(bad, rest, silent.memory).health).toBe('breached');
  });

  it('does not add up different measures', () => {
    const rest = busy(2000);
    const first = judge(busy(200, { errors: 80 }), rest);
    expect(judge(busy(200, { blocked: 80 }), rest, first.memory).health).toBe('unknown');
  });

  it('sees the tail, not the middle, of how long calls take', () => {
    const rest = busy(1000, { latency: [985, 15] });
    expect(overIn(busy(1000, { latency: [985, 15] }), rest)).toEqual([]);
    expect(overIn(busy(1000, { latency: [980, 0, 20] }), rest)).toEqual(['p99']);
    expect(overIn(busy(1000, { latency: [991, 0, 0, 9] }), rest)).toEqual([]);
    // Two slow calls are the p99 of a hundred, and say nothing.
    expect(overIn(busy(100, { latency: [98, 0, 0, 2] }), rest)).toEqual([]);
    const small = (bucket: number): number => bucket + 1;
    const [cohort, fast] = [busy(1000, { latency: [0, 0, 0, 1000] }), busy(1000, { latency: [1000] })];
    const turn = turnOf([{ scope: wholeApp, cohort, rest: fast }], noMemory, small);
    // Four times as slow, but only 3 ms.
    expect(turn.excesses).toEqual([]);
  });

  it('judges blocked calls even when none gets through', () => {
    const shut = busy(0, { asked: 200, blocked: 200 });
    expect(judge(shut, busy(2000), judge(shut, busy(2000)).memory).health).toBe('breached');
  });

  it('counts openings of breakers per instance', () => {
    const rest = (breakerOpenings: number) => busy(900, { instances: 18, breakerOpenings });
    expect(overIn(busy(100, { breakerOpenings: 2 }), rest(0))).toEqual(['breakerOpenings']);
    expect(overIn(busy(100, { breakerOpenings: 2 }), rest(18))).toEqual([]);
    expect(overIn(busy(100, { breakerOpenings: 1 }), rest(1))).toEqual([]);
    // A breaker that opened because calls stopped needs no calls to be seen.
    expect(overIn({ ...quiet, breakerOpenings: 3 }, rest(0))).toEqual(['breakerOpenings']);
  });

  it('counts rejections against what the rest makes of its own deliveries', () => {
    const cohort = busy(100, { answered: 2, applyFailures: 1 });
    expect(overIn(cohort, busy(900))).toEqual(['applyFailures']);
    expect(overIn(cohort, busy(900, { answered: 18, applyFailures: 9 }))).toEqual([]);
    expect(overIn(busy(100, { answered: 20, applyFailures: 1 }), busy(900))).toEqual([]);
  });

  it('has words for every excess, in both languages', () => {
    for (const measure of guardrailMeasures) {
      const { en, zh } = excessText({ scope: 'GET /a', measure, cohort: 0.1234, rest: 0.01 });
      expect(`${en}${zh}`).not.toMatch(/[{}]/);
    }
    const excess = { measure: 'errorRatio', cohort: 0.1234, rest: 0.01 } as const;
    expect(excessText({ scope: wholeApp, ...excess })).toEqual({
      en: 'errors: 12.3 % in the gray, 1 % in the rest',
      zh: '错误率：灰度 12.3%，其余 1%',
    });
    expect(excessText({ scope: 'pay', ...excess }).en).toBe(
      'errors of pay: 12.3 % in the gray, 1 % in the rest',
    );
  });

  it('catches one resource that the rest of the calls hide', () => {
    const scopes = [
      { scope: wholeApp, cohort: busy(20_000, { errors: 200 }), rest: busy(20_000, { errors: 20 }) },
      { scope: 'pay', cohort: busy(200, { errors: 190 }), rest: busy(200) },
    ];
    const second = turnOf(scopes, turnOf(scopes).memory);
    expect(second.health).toBe('breached');
    expect(second.excesses.map(({ scope }) => scope)).toEqual(['pay']);
    expect(turnText(guardrailDefaults, second, scopes)!.en).toBe(
      'errors of pay: 95 % in the gray, 0 % in the rest',
    );
  });

  it('waits for calls over several windows where they come slowly', () => {
    const [bad, rest] = [busy(40, { errors: 30 }), busy(300)];
    let memory = noMemory;
    const healths = Array.from({ length: 6 }, () => {
      const turn = judge(bad, rest, memory);
      memory = turn.memory;
      return turn.health;
    });
    expect(healths).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'breached']);
    const first = judge(busy(34), busy(900));
    const scopes = [{ scope: wholeApp, cohort: busy(34), rest: busy(900) }];
    expect(turnText(guardrailDefaults, first, scopes)!.en).toBe('34 of 100 calls in the gray');
  });

  it('stays healthy between the samples of slow traffic, and not for longer', () => {
    let { memory } = judge(busy(100), busy(900));
    const next = (cohort: SideWindow): string => {
      const turn = judge(cohort, busy(900), memory);
      memory = turn.memory;
      return turn.health;
    };
    expect(next(busy(40))).toBe('healthy');
    const silent = Array.from({ length: 12 }, () => next(quiet));
    expect([silent[10], silent[11]]).toEqual(['healthy', 'unknown']);
  });

  it('judges nothing by calls that a drill broke on purpose', () => {
    const drilled = busy(200, { errors: 100, injected: 100 });
    const first = judge(drilled, busy(2000));
    expect(judge(drilled, busy(2000), first.memory)).toMatchObject({ health: 'unknown', excesses: [] });
    const scopes = [{ scope: wholeApp, cohort: drilled, rest: busy(2000) }];
    expect(turnText(guardrailDefaults, first, scopes)!.en).toContain('drill');
  });

  it('looks at the measures that were chosen only', () => {
    const scopes = [{ scope: wholeApp, cohort: busy(200, { errors: 80 }), rest: busy(2000) }];
    const rule = { ...guardrailDefaults, measures: ['blockShare'] as const };
    const turn = judgeTurn(rule, noMemory, scopes, bound);
    expect([turn.health, turn.readings.map(({ measure }) => measure)]).toEqual(['healthy', ['blockShare']]);
  });
});

interface Nature {
  readonly errors: number;
  readonly blocks: number;
  readonly medianMs: number;
  readonly openings: number;
}

const boundsMs = Array.from({ length: 124 }, (_, bucket) => latencyBoundMs(bucket));

function bucketAt(ms: number): number {
  let [low, high] = [0, boundsMs.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ms < boundsMs[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** One window of some instances as chance has it: calls one by one, heavy-tailed latency, openings of breakers. */
function lived(draw: () => number, instances: number, calls: number, nature: Nature): SideWindow {
  const latency = new Array<number>(124).fill(0);
  let [errors, blocked] = [0, 0];
  for (let call = 0; call < calls; call++) {
    if (draw() < nature.blocks) {
      blocked++;
      continue;
    }
    if (draw() < nature.errors) errors++;
    const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const ms = nature.medianMs * Math.exp(0.8 * normal);
    latency[bucketAt(ms)]! += 1;
  }
  let breakerOpenings = 0;
  for (let i = 0; i < instances; i++) if (draw() < nature.openings) breakerOpenings++;
  return {
    ...quiet,
    instances,
    asked: calls,
    blocked,
    finished: calls - blocked,
    errors,
    latency,
    breakerOpenings,
  };
}

/** The window in which a run is breached; undefined when it isn't within `windows`. */
function breachedAt(
  seed: number,
  windows: number,
  worse: (nature: Nature, scope: string) => Nature,
  scopesOf: readonly string[] = [wholeApp],
): number | undefined {
  const draw = seededDraw(seed);
  const nature = {
    errors: draw() * 0.2,
    blocks: draw() * 0.2,
    medianMs: 5 + draw() * 100,
    openings: draw() * 0.3,
  };
  let memory = noMemory;
  for (let window = 1; window <= windows; window++) {
    // Both sides suffer alike when everything gets worse for a while.
    const storm = draw() < 0.2 ? 1 + draw() * 2 : 1;
    const now = { ...nature, errors: nature.errors * storm, medianMs: nature.medianMs * storm };
    const scopes = scopesOf.map((scope) => ({
      scope,
      cohort: lived(draw, 2, 110 + Math.floor(draw() * 60), worse(now, scope)),
      rest: lived(draw, 18, 500, now),
    }));
    const turn = turnOf(scopes, memory, latencyBoundMs);
    if (turn.health === 'breached') return window;
    memory = turn.memory;
  }
  return undefined;
}

describe('a guardrail', () => {
  const runs = Array.from({ length: 200 }, (_, index) => index + 1);

  it('halts none of 200 grays whose noise is that of the rest, in 24 windows each', () => {
    expect(
      runs.map((seed) => breachedAt(seed, 24, (nature) => nature)).filter((at) => at !== undefined),
    ).toEqual([]);
  });

  it('halts none of them over eight resources either, and catches the one that fails', () => {
    const names = [wholeApp, ...Array.from({ length: 8 }, (_, n) => `resource ${n}`)];
    const few = runs.slice(0, 20);
    expect(
      few.map((seed) => breachedAt(seed, 12, (nature) => nature, names)).filter((at) => at !== undefined),
    ).toEqual([]);
    const failing = (nature: Nature, scope: string): Nature =>
      scope === 'resource 7' ? { ...nature, errors: Math.min(1, nature.errors * 3 + 0.3) } : nature;
    expect(few.map((seed) => breachedAt(seed, 2, failing, names)).filter((at) => at !== 2)).toEqual([]);
  });

  it.each<[string, (nature: Nature) => Nature]>([
    ['fails more', (nature) => ({ ...nature, errors: Math.min(1, nature.errors * 3 + 0.2) })],
    ['blocks more', (nature) => ({ ...nature, blocks: Math.min(1, nature.blocks * 2 + 0.2) })],
    ['is slower', (nature) => ({ ...nature, medianMs: nature.medianMs * 4 + 100 })],
  ])('halts each of 200 grays that %s, in two windows', (_, worse) => {
    expect(runs.map((seed) => breachedAt(seed, 2, worse)).filter((at) => at !== 2)).toEqual([]);
  });
});
