import { describe, expect, it } from '@jest/globals';
import { Readiness } from './readiness.ts';
import { manualClock } from './testing/manual-clock.ts';

function setUp(held = false) {
  const clock = manualClock();
  const states: string[] = [];
  let holds = held;
  const readiness = new Readiness(
    clock,
    () => holds,
    (state) => states.push(state),
  );
  return {
    clock,
    states,
    readiness,
    hold: () => {
      holds = true;
      readiness.update();
    },
  };
}

describe('ready', () => {
  it('is live as soon as the server confirmed, however long the limit', async () => {
    const { readiness } = setUp();
    const ready = readiness.wait(60_000);
    readiness.confirm();
    expect(await ready).toBe('live');
    expect(await readiness.wait(60_000)).toBe('live');
  });

  it('is what there is when the time is over: the snapshot, else the defaults', async () => {
    const { clock, readiness, hold } = setUp();
    const first = readiness.wait(3000);
    await clock.advance(3000);
    expect(await first).toBe('defaults');
    const second = readiness.wait(3000);
    hold();
    await clock.advance(2999);
    expect(readiness.state).toBe('snapshot');
    await clock.advance(1);
    expect(await second).toBe('snapshot');
  });

  it('does not wait for a server that will not have this client', async () => {
    const { readiness } = setUp(true);
    readiness.update();
    const ready = readiness.wait(60_000);
    readiness.giveUp();
    expect(await ready).toBe('snapshot');
    expect(await readiness.wait(60_000)).toBe('snapshot');
  });

  it('stays live over a short loss, and turns to the snapshot after 45 s without a word', async () => {
    const { clock, readiness, states } = setUp(true);
    readiness.confirm();
    readiness.connected(true);
    await clock.advance(600_000);
    expect(readiness.state).toBe('live');
    readiness.connected(false);
    await clock.advance(40_000);
    readiness.confirm(); // over HTTP
    await clock.advance(44_999);
    expect(readiness.state).toBe('live');
    expect(readiness.confirmedAgoMs).toBe(44_999);
    await clock.advance(1);
    expect(states).toEqual(['live', 'snapshot']);
  });

  it('was confirmed as long ago as it was, though the wall clock was set', async () => {
    const { clock, readiness } = setUp(true);
    readiness.connected(true);
    readiness.connected(false);
    await clock.advance(120_000);
    for (const byMs of [3_600_000, -7_200_000]) {
      clock.setWall(clock.now() + byMs);
      expect(clock.now() - readiness.confirmedAt!).toBe(120_000);
    }
  });
});
