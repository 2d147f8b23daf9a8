import { describe, expect, it } from '@jest/globals';
import { seededDraw } from '@sluice/core';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import { fleetBefore } from './fleet-before.ts';
import type { Side, Sides } from './gray-windows.ts';
import { joinedScopes, withReference } from './joined-scopes.ts';
import { scopeOf, storedScope } from './stored-scope.ts';
import { type GrayRow, guardrailOfRow, WatchedGray } from './watched-gray.ts';

const beganMs = 1_000_000;
const resources = ['browse', 'pay', 'search'];

const rowIn = (step: number, since = beganMs, more: Partial<GrayRow> = {}): GrayRow => ({
  id: 'p',
  environment: 'prod',
  app: 'shop',
  target: { mode: 'gray', audience: { by: 'percent', steps: [25, 100] }, gate: { bakeMs: 0, click: false } },
  course: {
    mode: 'gray',
    steps: [{ basisPoints: 2500 }, { basisPoints: 10_000 }],
    gate: { bakeMs: 0, health: true, click: false },
  },
  stateData: { state: 'running', step, since, bakedMs: 0 },
  ended: null,
  ...more,
});
const watch = (row = rowIn(0), nowMs = beganMs): WatchedGray =>
  new WatchedGray(row, guardrailOfRow(row)!, nowMs);
const sides = (cohort: number, rest: number): Sides => ({
  cohort: { instances: cohort, answered: cohort, applyFailures: 0 },
  rest: { instances: rest, answered: 0, applyFailures: 0 },
});

const second = (resource: string, calls: number, errors: number, more: Partial<ResourceSecond> = {}) => ({
  resource,
  type: 'method' as const,
  passed: calls,
  blocked: {},
  wouldBlock: 0,
  success: calls - errors,
  errors,
  degraded: 0,
  injected: 0,
  active: 0,
  latency: [[40, calls]] as [number, number][],
  rules: [],
  ...more,
});
const reportOf = (seconds: ResourceSecond[], agoMs = 0): Report => ({
  sequence: 1,
  seconds: [{ agoMs, resources: seconds }],
  breakers: [],
  open: [],
  calls: [],
  leases: [],
  scripts: [],
});

/** Five seconds of a whole fleet, each instance reporting at a moment of its own. */
function live(
  watched: WatchedGray,
  draw: () => number,
  errorsOf: (side: Side, resource: string) => number,
): void {
  const fromMs = watched.nextMs - 5000;
  for (let instance = 0; instance < 8; instance++) {
    const side: Side = instance < 2 ? 'cohort' : 'rest';
    for (let tick = 1; tick <= 5; tick++) {
      const told = resources.map((resource) => {
        const calls = 15 + Math.floor(draw() * 10);
        let errors = 0;
        for (let call = 0; call < calls; call++) if (draw() < errorsOf(side, resource)) errors++;
        const slow = Math.floor(draw() * 3);
        return second(resource, calls, errors, {
          latency: [
            [40 + Math.floor(draw() * 4), calls - slow],
            [60 + Math.floor(draw() * 8), slow],
          ],
        });
      });
      const agoMs = draw() * 300;
      watched.windows.take(side, reportOf(told, agoMs), fromMs + tick * 1000 - 200 + agoMs);
    }
  }
  watched.judge(watched.windows.window(watched.nextMs, sides(2, 6)), true);
}

describe('a watched gray', () => {
  it('halts none of 200 whose cohort is as noisy as the rest', () => {
    const halted: number[] = [];
    for (let seed = 1; seed <= 200; seed++) {
      const draw = seededDraw(seed);
      const noise = resources.map(() => draw() * 0.2);
      const watched = watch();
      for (let window = 0; window < 6; window++) {
        // Storms come over both sides alike.
        const storm = draw() < 0.2 ? 1 + draw() * 2 : 1;
        live(watched, draw, (_, resource) => noise[resources.indexOf(resource)]! * storm);
        if (watched.healthAt(watched.nextMs).health === 'breached') halted.push(seed);
      }
    }
    expect(halted).toEqual([]);
  });

  it('is breached by its second window when one resource fails, and says which', () => {
    const draw = seededDraw(7);
    const watched = watch();
    const bad = (side: Side, resource: string): number =>
      side === 'cohort' && resource === 'pay' ? 0.9 : 0.02;
    live(watched, draw, bad);
    expect(watched.healthAt(watched.nextMs)).toMatchObject({ health: 'unknown' });
    live(watched, draw, bad);
    const { health, why } = watched.healthAt(watched.nextMs);
    expect([health, why!.en]).toEqual(['breached', expect.stringMatching(/^errors of pay: \d+/)]);
    expect(watched.nextMs).toBe(beganMs + 15_000);
  });

  it('counts what was told late in the window in which it happened, and not what lies before the step', () => {
    const watched = watch();
    watched.windows.take('cohort', reportOf([second('pay', 10, 0)], 3000), beganMs + 7000);
    watched.windows.take('cohort', reportOf([second('pay', 99, 0)], 3000), beganMs + 3100);
    const asked = (untilMs: number) => watched.windows.window(untilMs, sides(1, 1))[0]!.cohort.asked;
    expect([asked(beganMs + 5000), asked(beganMs + 10_000)]).toEqual([10, 0]);
  });

  it('counts breakers that opened, calls that were blocked, and chosen resources only', () => {
    const guardrails = { resources: ['pay'] };
    const row = rowIn(0);
    const watched = watch({ ...row, target: { ...(row.target as never as object), guardrails } as never });
    const turn = { rule: 'g/b', type: 'method', from: 'closed', reason: '', agoMs: 0 } as const;
    const report = reportOf([second('pay', 4, 0, { blocked: { breakerOpen: 6 } }), second('browse', 50, 50)]);
    watched.windows.take(
      'rest',
      {
        ...report,
        breakers: [
          { ...turn, resource: 'pay', to: 'open' },
          { ...turn, resource: 'pay', to: 'closed' },
        ],
      },
      beganMs + 1000,
    );
    const scopes = watched.windows.window(beganMs + 5000, sides(1, 1));
    expect(scopes.map(({ scope }) => scope)).toEqual(['', 'pay']);
    expect(scopes[0]!.rest).toMatchObject({
      asked: 10,
      blocked: 6,
      finished: 4,
      errors: 0,
      breakerOpenings: 1,
    });
  });

  it('forgets what it knew with the next step, and keeps it over a pause', () => {
    const draw = seededDraw(3);
    const watched = watch();
    const calm = () => 0.02;
    live(watched, draw, calm);
    expect(watched.healthAt(watched.nextMs).health).toBe('healthy');
    const paused = { state: 'paused', step: 0, since: beganMs + 6000, bakedMs: 6000 } as const;
    expect(watched.follow(rowIn(0, 0, { stateData: paused }))).toBe(false);
    expect(watched.healthAt(beganMs + 7000).health).toBe('healthy');
    expect(watched.follow(rowIn(1, beganMs + 9000))).toBe(true);
    expect(watched.healthAt(beganMs + 9500)).toMatchObject({ health: 'unknown', sinceMs: beganMs + 9000 });
    expect(watched.nextMs).toBe(beganMs + 14_000);
  });

  it('knows nothing any more when nobody has judged for a while', () => {
    const draw = seededDraw(3);
    const watched = watch();
    live(watched, draw, () => 0.02);
    expect(watched.healthAt(beganMs + 5000 + 30_000).health).toBe('unknown');
  });

  it('has the windows of the other nodes when it takes a step up later', () => {
    expect(watch(rowIn(0), beganMs + 12_345).windows.fromMs).toBe(beganMs + 15_000);
  });

  it('acquits nobody by a part of the fleet', () => {
    const watched = watch();
    const calls = { cohort: 900, rest: 900 };
    for (const side of ['cohort', 'rest'] as const)
      watched.windows.take(side, reportOf([second('pay', calls[side], 0)]), beganMs + 1000);
    watched.judge(watched.windows.window(watched.nextMs, sides(1, 1)), false);
    expect(watched.healthAt(beganMs + 6000)).toMatchObject({
      health: 'unknown',
      why: { en: expect.stringContaining('not every server node') },
    });
  });
});

describe('what several nodes know', () => {
  it('adds up, with the people of nodes that made no call, as it was stored', () => {
    const [here, there] = [watch().windows, watch().windows];
    here.take('cohort', reportOf([second('pay', 10, 2)]), beganMs + 1000);
    there.take('rest', reportOf([second('browse', 30, 1)]), beganMs + 1000);
    const [a, b] = [here.window(beganMs + 5000, sides(2, 0)), there.window(beganMs + 5000, sides(0, 4))];
    const stored = (JSON.parse(JSON.stringify(b.map(storedScope))) as ReturnType<typeof storedScope>[]).map(
      scopeOf,
    );
    expect(stored).toEqual(b);
    const joined = joinedScopes([a, stored]);
    const of = (scope: string) => joined.find((each) => each.scope === scope)!;
    expect(of('')).toMatchObject({
      cohort: { instances: 2, asked: 10, errors: 2 },
      rest: { instances: 4, asked: 30, errors: 1 },
    });
    expect(of('pay').rest).toMatchObject({ instances: 4, asked: 0 });
  });

  it('has the fleet of before in the place of a rest of which nobody is left', () => {
    const windows = watch().windows;
    windows.take('cohort', reportOf([second('pay', 10, 2)]), beganMs + 1000);
    const before = watch().windows;
    before.take('rest', reportOf([second('pay', 500, 1)]), beganMs + 1000);
    const scopes = windows.window(beganMs + 5000, sides(8, 0));
    const found = withReference(scopes, before.window(beganMs + 5000, sides(0, 8)));
    expect(found.map(({ rest }) => rest.asked)).toEqual([500, 500]);
    expect(fleetBefore(undefined, beganMs)).toEqual([]);
  });
});
