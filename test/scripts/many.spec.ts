import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ScriptHost } from '@sluice/scripts';

const linux = process.platform === 'linux' ? it : it.skip;
let host: ScriptHost | undefined;
afterEach(() => host?.close());

/** How often scripts were loaded after each round in which all of them are asked, one after the other. */
async function loadsOf(scripts: number, rounds: number, childBytes: number): Promise<number[]> {
  const program = join(import.meta.dirname, 'counting-child.mjs');
  const place = { command: process.execPath, args: [program, `${childBytes}`] };
  const asked = new ScriptHost({ place, spare: false, cpuMsPerSec: 1e6 });
  host = asked;
  const versions = Array.from({ length: scripts }, (_, n) =>
    asked.acquire(`r${n}`, { entry: 'decide', source: `// ${n}`, timeoutMs: 10_000 }),
  );
  for (const version of versions) expect(await asked.compiled(version)).toBeUndefined();
  const loads: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let last: unknown;
    for (const version of versions) {
      const result = await asked.ask(version, '[{}]');
      if (!result.ok) throw new Error(result.failure.code);
      last = result.value;
    }
    loads.push(last as number);
  }
  return loads;
}

describe('more scripts than are kept ready in any case', () => {
  linux('stay ready while their process is small', async () => {
    const [first, ...others] = await loadsOf(40, 3, 0);
    expect(first).toBeLessThanOrEqual(48);
    expect(others).toEqual([first, first]);
  });

  it('are not all loaded anew each time that all are asked in turn, however large their process is', async () => {
    const [first = 0, last = 0] = (await loadsOf(33, 21, 300_000_000)).filter((_, n) => n === 0 || n === 20);
    // About two of 33 in a round; were the one that was used longest ago the one to go, it would be all 33.
    expect((last - first) / 20).toBeLessThan(16);
    expect(last).toBeGreaterThan(33);
  });
});
