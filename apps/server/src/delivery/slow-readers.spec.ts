import { describe, expect, it } from '@jest/globals';
import type { Connection } from '../fleet/connection.ts';
import { SlowReaders } from './slow-readers.ts';

const mib = 1024 * 1024;

function reader(sentAt?: number) {
  const state = { waiting: 0, mark: 0 };
  const connection = {
    inFlight: sentAt === undefined ? undefined : { sentAt },
    wire: { bufferedBytes: () => state.waiting, progressMark: () => state.mark },
  } as unknown as Connection;
  return { connection, state };
}

describe('SlowReaders', () => {
  it('takes one that takes nothing for 10 s for stuck', () => {
    const { connection, state } = reader(0);
    const readers = new SlowReaders();
    Object.assign(state, { waiting: 2 * mib, mark: 7 });
    expect(readers.stuck([connection], 2500)).toEqual([]);
    expect(readers.stuck([connection], 12_500)).toEqual([]);
    expect(readers.stuck([connection], 12_501)).toEqual([connection]);
  });

  it('leaves one alone that takes a little now and then, however long it takes', () => {
    const { connection, state } = reader(0);
    const readers = new SlowReaders();
    for (let look = 1; look < 100; look++) {
      Object.assign(state, { waiting: 10 * mib, mark: -(look >> 2) });
      expect(readers.stuck([connection], look * 2500)).toEqual([]);
    }
    // The last of it left, and the answer takes its time.
    Object.assign(state, { waiting: 0, mark: 0 });
    expect(readers.stuck([connection], 250_000)).toEqual([]);
    expect(readers.stuck([connection], 280_000)).toEqual([]);
    expect(readers.stuck([connection], 280_001)).toEqual([connection]);
  });

  it('waits 30 s for an answer to what was read at once, and for nobody who owes none', () => {
    const owing = reader(1000);
    const idle = reader();
    const readers = new SlowReaders();
    const both = [owing.connection, idle.connection];
    expect(readers.stuck(both, 31_000)).toEqual([]);
    expect(readers.stuck(both, 31_001)).toEqual([owing.connection]);
  });

  it('counts anew for what is sent later', () => {
    const { connection, state } = reader(0);
    const readers = new SlowReaders();
    Object.assign(state, { waiting: 2 * mib, mark: 7 });
    readers.stuck([connection], 2500);
    Object.assign(connection, { inFlight: undefined });
    Object.assign(state, { waiting: 0, mark: 0 });
    expect(readers.stuck([connection], 5000)).toEqual([]);
    Object.assign(connection, { inFlight: { sentAt: 100_000 } });
    expect(readers.stuck([connection], 125_000)).toEqual([]);
  });
});
