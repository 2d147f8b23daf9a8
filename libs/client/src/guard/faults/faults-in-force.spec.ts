import { describe, expect, it } from '@jest/globals';
import { Entry, Guard } from '@sluice/core';
import { type FaultState, faultState } from '@sluice/protocol/client';
import type { Timer } from '../../clock.ts';
import { Notices } from '../../notices/notices.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import { FaultsInForce } from './faults-in-force.ts';
import { HeldCalls } from './held-calls.ts';

type Sent = Omit<FaultState, 'bootId'>;
const leaseMs = 3000;
const hang = {
  kind: 'fault',
  fault: 'hang',
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
  perMillion: 1_000_000,
  deadline: '2026-01-02T00:00:00Z',
};
const drill = (drillId: string, more: object = {}) => ({
  drillId,
  deadlineInMs: 60_000,
  budgetPerMillion: 1_000_000,
  faults: { stuck: hang },
  ...more,
});

/** A clock by which a process can stand still, and that knows what it still has to do. */
function deskClock() {
  const clock = manualClock();
  const timers = new Set<object>();
  let stoodMs = 0;
  return {
    ...clock,
    timers,
    now: () => clock.now() + stoodMs,
    monotonic: () => clock.monotonic() + stoodMs,
    after(delayMs: number, callback: () => void): Timer {
      const key = {};
      timers.add(key);
      const timer = clock.after(delayMs, () => {
        timers.delete(key);
        callback();
      });
      return {
        cancel: () => {
          timers.delete(key);
          timer.cancel();
        },
      };
    },
    /** No timer fires in its time; those that are due then do so after it. */
    standStill(ms: number): void {
      stoodMs += ms;
    },
  };
}

class Desk {
  readonly clock = deskClock();
  readonly core = new Guard({
    name: 'g',
    nowMs: 0,
    wallOffsetMs: this.clock.now(),
    seed: 1,
  });
  readonly held = new HeldCalls(this.clock, () => this.faults.overloaded());
  readonly sent: Sent[] = [];
  readonly heard: string[] = [];
  readonly faults: FaultsInForce;
  looks = 0;
  isUp = true;
  isKilled = false;
  version = 0;

  constructor() {
    const notices = new Notices(false, this.clock, 'en');
    notices.heard = ({ code, params }) =>
      this.heard.push(`${code} ${params.drill}: ${params.reason ?? params.faults}`);
    const { clock, core, held } = this;
    this.faults = new FaultsInForce({
      clock,
      core,
      held,
      notices,
      random: Math.random,
      isKilled: () => this.isKilled,
      isUp: () => this.isUp,
      send: (state) => this.sent.push(state),
      looked: () => {
        this.looks += 1;
      },
    });
  }

  /** The server says what there is from now on. */
  says(...drills: readonly unknown[]): string | undefined {
    this.version += 1;
    return this.faults.take({ version: this.version, leaseMs, drills });
  }

  beat(version = this.version): void {
    this.faults.take({ version, leaseMs });
  }

  /** Lets time pass in which the server beats each second. */
  async beats(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.clock.advance(1000);
      this.beat();
    }
  }

  /** A call comes; answers whether it is broken. */
  isBroken(): boolean {
    return this.heldForMs() !== undefined;
  }

  /** A call comes; answers for how long it would be held back. */
  heldForMs(): number | undefined {
    const gate = this.core.gate('pay', 'method');
    const entry = this.core.enter(gate, {}, this.clock.monotonic()) as Entry;
    const scope = { mayWait: true, mayAnswer: true };
    const harm = this.core.harm(entry, {}, this.clock.monotonic(), scope);
    this.core.exit(entry, harm ? 'error' : 'success', this.clock.monotonic());
    return harm?.holdMs;
  }

  /** Holds a call back as a fault would; answers what becomes of it. */
  hold(): Promise<string> {
    const gate = this.core.gate('pay', 'method');
    const entry = this.core.enter(gate, {}, this.clock.monotonic()) as Entry;
    const harm = this.core.harm(entry, {}, this.clock.monotonic(), { mayWait: true, mayAnswer: true });
    return this.held.hold(harm!, undefined).then(() => 'free');
  }

  ends(): (string | undefined)[] {
    return this.faults
      .records()
      .map(({ drillId, state, endedBecause }) => `${drillId} ${endedBecause ?? state}`);
  }
}

describe('faults in force', () => {
  it('last for as long as they are renewed, and are gone three seconds after the last beat', async () => {
    const desk = new Desk();
    desk.says(drill('d1'));
    expect(desk.isBroken()).toBe(true);
    await desk.beats(5);
    const hung = desk.hold();
    expect(desk.isBroken()).toBe(true);
    await desk.clock.advance(2999);
    expect(desk.isBroken()).toBe(true);
    await desk.clock.advance(1);
    expect(desk.isBroken()).toBe(false);
    expect(await hung).toBe('free');
    expect(desk.faults.records()).toMatchObject([
      { drillId: 'd1', state: 'ended', endedBecause: 'silence', endedAgoMs: 0, activeMs: 8000 },
    ]);
    desk.beat();
    desk.says(drill('d1'));
    expect([desk.isBroken(), desk.ends()]).toEqual([false, ['d1 silence']]);
    expect(desk.heard).toEqual([
      'drill_began d1: stuck',
      'drill_ended d1: the server did not renew it in time',
    ]);
  });

  it('are over at their deadline, which no renewing puts off', async () => {
    const desk = new Desk();
    desk.says(drill('d1', { deadlineInMs: 5000 }), drill('d2', { deadlineInMs: 9000 }));
    await desk.beats(2);
    desk.says(drill('d1', { deadlineInMs: 60_000 }), drill('d2', { deadlineInMs: 4000 }));
    await desk.beats(2);
    expect(desk.ends()).toEqual(['d1 active', 'd2 active']);
    await desk.beats(1);
    expect(desk.ends()).toEqual(['d1 deadline', 'd2 active']);
    expect(desk.isBroken()).toBe(true);
    await desk.beats(1);
    expect([desk.isBroken(), desk.ends()]).toEqual([false, ['d1 deadline', 'd2 deadline']]);
  });

  it.each([-3_600_000, 3_600_000])(
    'last as long as the server means, where the clock of the machine is %i ms off',
    async (offMs) => {
      const desk = new Desk();
      const deadline = new Date(desk.clock.now() - offMs + 5000).toISOString();
      desk.says(drill('d1', { deadlineInMs: 5000, faults: { stuck: { ...hang, deadline } } }));
      await desk.beats(4);
      expect([desk.isBroken(), desk.heldForMs()]).toEqual([true, 1000]);
      await desk.beats(1);
      expect([desk.isBroken(), desk.ends()]).toEqual([false, ['d1 deadline']]);
    },
  );

  it.each([-3_600_000, 3_600_000])('end in their time though the clock is set by %i ms', async (byMs) => {
    const desk = new Desk();
    desk.says(drill('d1', { deadlineInMs: 4000 }));
    desk.clock.setWall(desk.clock.now() + byMs);
    desk.core.setWallOffset(desk.clock.now() - desk.clock.monotonic(), desk.clock.monotonic());
    expect(desk.isBroken()).toBe(true);
    await desk.beats(3);
    expect([desk.isBroken(), desk.ends(), desk.heldForMs()]).toEqual([true, ['d1 active'], 1000]);
    await desk.beats(1);
    expect([desk.isBroken(), desk.ends()]).toEqual([false, ['d1 deadline']]);
  });

  it('are those that were named last', () => {
    const desk = new Desk();
    desk.says(drill('d1'), drill('d2'));
    desk.says(drill('d2'));
    expect(desk.ends()).toEqual(['d1 ended', 'd2 active']);
    desk.says();
    expect([desk.isBroken(), desk.ends()]).toEqual([false, ['d1 ended', 'd2 ended']]);
  });

  it('said again change nothing, and are not told again', async () => {
    const desk = new Desk();
    desk.says(drill('d1'));
    const { standing } = desk.core.gate('pay', 'method');
    const told = desk.sent.length;
    desk.says(drill('d1'));
    expect(desk.core.gate('pay', 'method').standing).toBe(standing);
    expect(desk.sent).toHaveLength(told);
    await desk.clock.advance(2999);
    expect(desk.isBroken()).toBe(true);
  });

  it('follow no older word, and no beat of a state that was never seen', async () => {
    const desk = new Desk();
    desk.version = 6;
    desk.says(drill('d1'));
    desk.faults.take({ version: 6, leaseMs, drills: [] });
    await desk.clock.advance(2000);
    desk.beat(8);
    desk.beat(6);
    await desk.clock.advance(1000);
    expect(desk.ends()).toEqual(['d1 silence']);
  });

  it('outlive a connection that comes back in time', async () => {
    const desk = new Desk();
    desk.version = 6;
    desk.says(drill('d1'));
    desk.isUp = false;
    await desk.clock.advance(2000);
    desk.faults.connecting();
    desk.isUp = true;
    desk.faults.connected();
    // Another server counts anew.
    desk.version = 0;
    desk.beat();
    desk.says(drill('d1'));
    await desk.beats(2);
    expect(desk.ends()).toEqual(['d1 active']);
  });

  it('end at once with the kill switch, and don’t begin under it', async () => {
    const desk = new Desk();
    desk.says(drill('d1'));
    const hung = desk.hold();
    desk.isKilled = true;
    desk.faults.killed();
    expect([desk.isBroken(), desk.ends()]).toEqual([false, ['d1 killSwitch']]);
    expect(await hung).toBe('free');
    desk.says(drill('d1'), drill('d2'));
    expect(desk.ends()).toEqual(['d1 killSwitch', 'd2 killSwitch']);
    desk.isKilled = false;
    desk.says(drill('d1'), drill('d2'), drill('d3'));
    expect(desk.ends()).toEqual(['d1 killSwitch', 'd2 killSwitch', 'd3 active']);
  });

  it('that can’t be obeyed are refused by themselves, with the reason', () => {
    const desk = new Desk();
    const odd = drill('d1', { faults: { odd: { ...hang, fault: 'teleport' } } });
    expect(desk.says(odd, { deadlineInMs: 4 }, drill('d2'))).toBe('drillId is required');
    expect(desk.faults.records()).toMatchObject([
      { drillId: 'd1', state: 'refused', error: expect.stringContaining('faults.odd.fault must be one of') },
      { drillId: 'd2', state: 'active' },
    ]);
    expect(desk.faults.take({ version: 'x' })).toBe('version must be a number, got string');
    expect(desk.isBroken()).toBe(true);
  });

  it('are not taken for forgotten by a process that was too busy to hear', async () => {
    const desk = new Desk();
    desk.says(drill('d1'));
    await desk.clock.advance(2900);
    // The timer fires long after its time, and the beats of that time lie behind it.
    desk.clock.standStill(6000);
    await desk.clock.advance(100);
    expect(desk.isBroken()).toBe(false);
    desk.beat();
    await desk.clock.advance(500);
    expect([desk.isBroken(), desk.ends()]).toEqual([true, ['d1 active']]);
    await desk.clock.advance(3000);
    expect(desk.ends()).toEqual(['d1 silence']);
  });
});

describe('the record of faults', () => {
  it('is told at once, each second, at the end, and of calls that end after it', async () => {
    const desk = new Desk();
    desk.says(drill('d1'));
    desk.isBroken();
    await desk.beats(2);
    const under = desk.core.enter(desk.core.gate('pay', 'method'), {}, desk.clock.monotonic()) as Entry;
    desk.says();
    await desk.clock.advance(1000);
    desk.core.exit(under, 'success', desk.clock.monotonic());
    await desk.clock.advance(20_000);
    const told = desk.sent.flatMap(({ version, drills }) =>
      drills.map(({ state, faults: [fault], callers }) => [version, state, fault?.injected, callers.ok]),
    );
    expect(told).toEqual([
      [1, 'active', 0, 0],
      [1, 'active', 1, 0],
      [1, 'active', 1, 0],
      [2, 'ended', 1, 0],
      [2, 'ended', 1, 1],
    ]);
    for (const state of desk.sent)
      expect(faultState.parse({ bootId: 'b', ...state })).toEqual({ bootId: 'b', ...state });
  });

  it('waits for a connection, and is told again on the next one', async () => {
    const desk = new Desk();
    desk.says(drill('d1'));
    desk.isUp = false;
    await desk.clock.advance(4000);
    expect(desk.sent).toHaveLength(1);
    desk.faults.connecting();
    desk.isUp = true;
    desk.faults.connected();
    expect(desk.sent.at(-1)).toMatchObject({
      version: 0,
      drills: [{ drillId: 'd1', state: 'ended', endedBecause: 'silence', endedAgoMs: 1000 }],
    });
  });

  it('remembers the last twenty, in frames that a server takes', () => {
    const desk = new Desk();
    const longest = 'r'.repeat(120);
    const faults = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${longest}${n}`, hang]));
    for (let n = 0; n < 30; n++) desk.says(drill(`d${n}`, { faults }));
    expect(desk.ends()).toHaveLength(21);
    expect(desk.ends().at(-1)).toBe('d29 active');
    desk.sent.length = 0;
    desk.faults.connected();
    expect(desk.sent.flatMap(({ drills }) => drills)).toHaveLength(21);
    for (const state of desk.sent) expect(JSON.stringify(state).length).toBeLessThan(200 * 1024);
  });

  it('goes on looking for the kill switch while a drill runs, and leaves no timer after', async () => {
    const desk = new Desk();
    desk.says(drill('d1'));
    await desk.beats(4);
    expect(desk.looks).toBeGreaterThanOrEqual(3);
    desk.says();
    await desk.clock.advance(6000);
    expect(desk.clock.timers.size).toBe(0);
    desk.says(drill('d2'));
    desk.faults.close();
    expect([desk.ends().at(-1), desk.clock.timers.size, desk.isBroken()]).toEqual(['d2 closed', 0, false]);
    desk.says(drill('d3'));
    expect(desk.ends().at(-1)).toBe('d2 closed');
  });
});
