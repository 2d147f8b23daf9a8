import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bakedAt,
  type Course,
  firstState,
  isEnd,
  movePush,
  type PushEvent,
  type PushState,
  pushModes,
} from './push-state.ts';

const gray: Course = {
  mode: 'gray',
  steps: [{ basisPoints: 500 }, { basisPoints: 2500 }, { basisPoints: 10_000 }],
  gate: { bakeMs: 1000, health: true, click: false },
};
const courses: readonly Course[] = [{ mode: 'single' }, { mode: 'group' }, { mode: 'global' }, gray];
const good = { reachable: 2, applied: 2, health: 'healthy', clicked: false } as const;
const because = { en: 'errors', zh: '错误' };
const plan = (planHash = 'h'): PushEvent => ({ event: 'plan', planHash });
const start = (now = 0, planHash = 'h'): PushEvent => ({ event: 'start', now, planHash });
const advance = (
  now: number,
  facts: Partial<Extract<PushEvent, { event: 'advance' }>['facts']> = {},
): PushEvent => ({
  event: 'advance',
  now,
  facts: { ...good, ...facts },
});
const verify = (holding: number, now = 0): PushEvent => ({
  event: 'verify',
  now,
  proof: { holding, targets: 2 },
});

/** Where the events lead, all of which must be legal. */
function through(course: Course, ...events: PushEvent[]): PushState {
  return events.reduce((state, event) => {
    const answer = movePush(course, state, event);
    if (!answer.ok) throw new Error(answer.refusal.en);
    return answer.value;
  }, firstState);
}

function codeOf(course: Course, state: PushState, event: PushEvent): string {
  const answer = movePush(course, state, event);
  return answer.ok ? answer.value.state : answer.refusal.code;
}

describe('movePush', () => {
  it('leads a gray through its steps to everyone, and on to global', () => {
    const events = [plan(), start(), advance(1000), advance(2000), advance(3000), verify(2, 4000)];
    const states = events.map((_, index) => through(gray, ...events.slice(0, index + 1)));
    expect(states).toEqual([
      { state: 'planned', planHash: 'h' },
      { state: 'running', step: 0, since: 0, bakedMs: 0 },
      { state: 'running', step: 1, since: 1000, bakedMs: 0 },
      { state: 'running', step: 2, since: 2000, bakedMs: 0 },
      { state: 'verifying', since: 3000 },
      { state: 'converged', at: 4000, proof: { holding: 2, targets: 2 } },
    ]);
    expect(states.map((state) => isEnd(gray, state))).toEqual(states.map(() => false));
    const promoted = through(gray, ...events, { event: 'promote', now: 5000 }, verify(2, 6000));
    expect(promoted).toEqual({ state: 'promoted', at: 6000, proof: { holding: 2, targets: 2 } });
    expect(isEnd(gray, promoted)).toBe(true);
  });

  it('leads any other push straight to its verdict', () => {
    for (const course of courses.filter((each) => each.mode !== 'gray')) {
      const verifying = [plan(), start(), advance(1, { applied: 0, health: 'unknown' })];
      expect(through(course, ...verifying).state).toBe('verifying');
      expect(through(course, ...verifying, verify(2)).state).toBe('converged');
      const diverged = through(course, ...verifying, verify(1));
      expect([diverged.state, isEnd(course, diverged)]).toEqual(['diverged', true]);
      expect(through(course, ...verifying, verify(1), verify(2)).state).toBe('converged');
      expect(through(course, ...verifying, verify(1), { event: 'repush', now: 9 }).state).toBe('verifying');
    }
  });

  it('starts only the plan that was looked at', () => {
    expect(codeOf(gray, through(gray, plan('new')), start(0, 'old'))).toBe('plan_moved');
    expect(through(gray, plan('old'), plan('new'), start(0, 'new')).state).toBe('running');
  });

  it('holds a step until its gate opens, and says what it waits for', () => {
    const running = through(gray, plan(), start());
    const answer = movePush(gray, running, advance(400, { applied: 1, health: 'unknown' }));
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'gate_closed' } });
    if (answer.ok) return;
    expect(answer.refusal.en).toContain('1 reachable instances');
    expect(answer.refusal.en).toContain('600 ms');
    expect(answer.refusal.zh).toContain('健康状况未确认');
    expect(codeOf(gray, running, advance(1000, { health: 'breached' }))).toBe('gate_breached');
  });

  it('does not count a pause as bake time', () => {
    const paused = through(gray, plan(), start(), { event: 'pause', now: 700 });
    expect(bakedAt(paused as Extract<PushState, { state: 'paused' }>, 90_000)).toBe(700);
    expect(codeOf(gray, paused, advance(90_000))).toBe('wrong_state');
    const resumed = through(
      gray,
      plan(),
      start(),
      { event: 'pause', now: 700 },
      { event: 'resume', now: 90_000 },
    );
    expect(codeOf(gray, resumed, advance(90_299))).toBe('gate_closed');
    expect(codeOf(gray, resumed, advance(90_300))).toBe('running');
  });

  it('lets a halted gray go nowhere but out', () => {
    const halted = through(gray, plan(), start(), advance(1000), { event: 'halt', now: 1500, because });
    expect(halted).toEqual({ state: 'halted', at: 1500, step: 1, because });
    for (const event of [
      plan(),
      start(),
      advance(9999),
      verify(2),
      { event: 'resume', now: 1 },
      { event: 'promote', now: 1 },
    ] as PushEvent[])
      expect(codeOf(gray, halted, event)).toBe('wrong_state');
    const out = movePush(gray, halted, { event: 'abandon', now: 2000, reason: 'guardrail' });
    expect(out).toEqual({ ok: true, value: { state: 'abandoned', at: 2000, reason: 'guardrail' } });
  });

  it('verifies an abandoned push like any other: all members back', () => {
    const abandoned = through(
      gray,
      plan(),
      start(),
      { event: 'abandon', now: 5, reason: 'asked' },
      verify(2),
    );
    expect(abandoned).toEqual({
      state: 'abandoned',
      at: 5,
      reason: 'asked',
      proof: { holding: 2, targets: 2 },
    });
  });

  it('neither halts, promotes nor abandons what everyone has', () => {
    const course: Course = { mode: 'global' };
    const running = through(course, plan(), start());
    expect(codeOf(course, running, { event: 'halt', now: 1, because })).toBe('only_gray');
    expect(codeOf(course, running, { event: 'promote', now: 1 })).toBe('only_gray');
    expect(codeOf(course, running, { event: 'abandon', now: 1, reason: 'asked' })).toBe('global_stays');
    expect(codeOf(course, through(course, plan()), { event: 'abandon', now: 1, reason: 'asked' })).toBe(
      'abandoned',
    );
    const single: Course = { mode: 'single' };
    const cleared = through(single, plan(), start(), advance(1), verify(2), {
      event: 'abandon',
      now: 2,
      reason: 'expired',
    });
    expect(cleared.state).toBe('abandoned');
  });

  it('does not promote what is known not to hold', () => {
    const diverged = through(gray, plan(), start(), advance(1000), advance(2000), advance(3000), verify(1));
    expect(codeOf(gray, diverged, { event: 'promote', now: 1 })).toBe('wrong_state');
  });
});

/** One event of each kind that matters, with whatever now it is. */
const someEvents = (now: number): PushEvent[] => [
  plan(),
  start(now),
  start(now, 'other'),
  advance(now),
  advance(now, { applied: 0 }),
  advance(now, { health: 'unknown' }),
  advance(now, { health: 'breached' }),
  { event: 'pause', now },
  { event: 'resume', now },
  { event: 'halt', now, because },
  verify(2, now),
  verify(1, now),
  { event: 'repush', now },
  { event: 'promote', now },
  { event: 'abandon', now, reason: 'asked' },
];

const known: Readonly<Record<PushState['state'], readonly string[]>> = {
  draft: [],
  planned: ['planHash'],
  running: ['bakedMs', 'since', 'step'],
  paused: ['bakedMs', 'since', 'step'],
  verifying: ['since'],
  converged: ['at', 'proof'],
  diverged: ['at', 'proof'],
  promoting: ['since'],
  promoted: ['at', 'proof'],
  halted: ['at', 'because', 'step'],
  abandoned: ['at', 'reason'],
};

describe('every push', () => {
  it('is always in a known state with exactly its data, and a refusal has words and changes nothing', () => {
    const events = fc.array(fc.tuple(fc.nat(14), fc.integer({ min: -500, max: 2500 })), { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...courses), events, (course, all) => {
        let state = firstState;
        let now = 0;
        for (const [which, ms] of all) {
          now += ms;
          const before = JSON.stringify(state);
          const answer = movePush(course, state, someEvents(now)[which]!);
          expect(JSON.stringify(state)).toBe(before);
          if (!answer.ok) {
            expect(answer.refusal.en && answer.refusal.zh).toBeTruthy();
            expect(answer.refusal.en + answer.refusal.zh).not.toMatch(/[{}]|undefined/);
            continue;
          }
          state = answer.value;
          const { state: name, ...data } = state;
          const keys = Object.keys(data).sort();
          expect(keys.filter((key) => key !== 'proof' || name !== 'abandoned')).toEqual(known[name]);
          if ('step' in state && course.mode === 'gray')
            expect(state.step >= 0 && state.step < course.steps.length).toBe(true);
          if ('bakedMs' in state) expect(state.bakedMs).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(pushModes)('in mode %s has a way to an end from wherever it can get', (mode) => {
    const course = courses.find((each) => each.mode === mode)!;
    const nameOf = (state: PushState): string => `${state.state} ${'step' in state ? state.step : ''}`;
    const reached = new Map([[nameOf(firstState), firstState]]);
    const ways = new Map<string, Set<string>>();
    // `reached` grows while it is walked: each state is looked at once.
    for (const [name, state] of reached)
      for (const event of someEvents(1_000_000)) {
        const fresh = 'since' in state ? ({ ...state, since: 0 } as PushState) : state;
        const answer = movePush(course, fresh, event);
        if (!answer.ok) continue;
        const next = nameOf(answer.value);
        ways.set(name, (ways.get(name) ?? new Set()).add(next));
        if (!reached.has(next)) reached.set(next, answer.value);
      }
    const ends = new Set([...reached].filter(([, state]) => isEnd(course, state)).map(([name]) => name));
    for (let grown = true; grown; ) {
      const more = [...reached.keys()].filter(
        (n) => !ends.has(n) && [...(ways.get(n) ?? [])].some((to) => ends.has(to)),
      );
      for (const name of more) ends.add(name);
      grown = more.length > 0;
    }
    expect([...reached.keys()].filter((name) => !ends.has(name))).toEqual([]);
    if (mode === 'gray')
      expect(new Set([...reached.values()].map((s) => s.state)).size).toBe(Object.keys(known).length);
  });
});
