import { describe, expect, it } from '@jest/globals';
import { manualClock } from '../testing/manual-clock.ts';
import { ListenerQueue } from './listener-queue.ts';
import { Listeners } from './listeners.ts';

function setUp() {
  const clock = manualClock();
  const listeners = new Listeners();
  const late: string[] = [];
  const queue = new ListenerQueue(
    () => listeners.all,
    clock,
    (failures) => late.push(...failures.map((f) => f.reason.en)),
  );
  let value = 0;
  const on = (
    listener: (value: number, previous: number) => void | Promise<void>,
    path = 'order.timeoutMs',
  ) =>
    listeners.add(
      path,
      () => value,
      Object.is,
      () => ({ namespace: 'order', layer: 'global', revision: 1 }),
      listener,
    );
  const set = (next: number) => {
    value = next;
    return queue.notify();
  };
  return { clock, on, set, late };
}

function gate() {
  let open: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}

describe('listeners of a namespace', () => {
  it('run one after the other, in the order in which they were put on', async () => {
    const { on, set } = setUp();
    const heard: string[] = [];
    on(async (value) => {
      await Promise.resolve();
      heard.push(`first ${value}`);
    });
    on((value) => void heard.push(`second ${value}`));
    expect(await set(1)).toEqual([]);
    expect(heard).toEqual(['first 1', 'second 1']);
  });

  it('hear value and previous value, and only of changes', async () => {
    const { on, set } = setUp();
    const heard: number[][] = [];
    on((...values) => void heard.push(values.slice(0, 2) as number[]));
    for (const value of [1, 1, 2]) await set(value);
    expect(heard).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it('that throw or reject are reported, and the others still run', async () => {
    const { on, set } = setUp();
    const heard: number[] = [];
    on(() => {
      throw new Error('pool closed');
    });
    on(() => Promise.reject(new Error('no route')));
    on((value) => void heard.push(value));
    expect((await set(1)).map((f) => f.reason.en)).toEqual(['pool closed', 'no route']);
    expect(heard).toEqual([1]);
  });

  it('that take longer than 5 s are reported; the others go on, and they hear the newest value when they are through', async () => {
    const { clock, on, set } = setUp();
    const heard: number[] = [];
    const slow = gate();
    on(async (value) => {
      heard.push(value);
      if (value === 1) await slow.wait;
    });
    const others: number[] = [];
    on((value) => void others.push(value));
    const first = set(1);
    await clock.advance(4999);
    expect(others).toEqual([]);
    await clock.advance(1);
    expect((await first).map((f) => f.reason.en)).toEqual(['it took longer than 5 s']);
    expect((await set(2)).map((f) => f.reason.en)).toEqual(['it is still busy with an earlier value']);
    expect(others).toEqual([1, 2]);
    await set(3);
    slow.open();
    await clock.advance(0);
    expect(heard).toEqual([1, 3]);
  });

  it('that fail over the value that they caught up with are reported, too', async () => {
    const { clock, on, set, late } = setUp();
    const slow = gate();
    on((value) => {
      if (value === 1) return slow.wait;
      throw new Error('pool closed');
    });
    const first = set(1);
    await clock.advance(5000);
    await first;
    await set(2);
    expect(late).toEqual([]);
    slow.open();
    await clock.advance(0);
    expect(late).toEqual(['pool closed']);
  });

  it('keep only the newest value waiting', async () => {
    const { on, set } = setUp();
    const heard: number[] = [];
    const busy = gate();
    on(async (value) => {
      heard.push(value);
      if (value === 1) await busy.wait;
    });
    const all = [1, 2, 3, 4].map((value) => set(value));
    busy.open();
    expect((await Promise.all(all)).flat()).toEqual([]);
    expect(heard).toEqual([1, 4]);
  });

  it('hear nothing more once they are taken off, not even of a change under way', async () => {
    const { on, set } = setUp();
    const heard: number[] = [];
    let off: () => void = () => undefined;
    on(() => off());
    off = on((value) => void heard.push(value));
    await set(1);
    await set(2);
    expect(heard).toEqual([]);
  });
});
