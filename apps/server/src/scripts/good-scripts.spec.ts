import { describe, expect, it } from '@jest/globals';
import { GoodScripts } from './good-scripts.ts';
import type { ScriptDesk } from './script-desk.ts';

/** A desk at which each script takes so long and does not end. */
function open(eachTakesMs: number) {
  let [nowMs, asked, warned] = [0, 0, 0];
  const desk = {
    use: async () => {
      asked++;
      nowMs += eachTakesMs;
      return { code: 'compile', params: { kind: 'timeout' } };
    },
  } as unknown as ScriptDesk;
  const good = new GoodScripts(desk, { warn: () => void warned++ }, { monotonic: () => nowMs });
  return { good, asked: () => asked, warned: () => warned };
}

const scripts = Array.from({ length: 200 }, (_, n) => ({
  rule: { role: 'decide' as const, source: `for (;;); // ${n}` },
  path: `content.items.r${n}.source`,
}));

describe('checks before a release', () => {
  it('end after a few seconds with what they have found', async () => {
    const slow = open(800);
    const faults = await slow.good.faultsOf(scripts);
    expect(faults.map(({ path }) => path)).toEqual(scripts.slice(0, 7).map(({ path }) => path));
    expect(slow.asked()).toBe(7);
  });

  it('tell of all that they find in that time', async () => {
    const quick = open(1);
    expect(await quick.good.faultsOf(scripts)).toHaveLength(200);
    expect(quick.warned()).toBe(0);
  });
});
