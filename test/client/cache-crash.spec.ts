import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';

const writers: ChildProcess[] = [];
afterEach(() => {
  for (const writer of writers.splice(0)) writer.kill('SIGKILL');
});

/** Starts a writer. `lines` grows; `until` waits for a line that fits. */
function startWriter(root: string, from = 1) {
  const child = spawn(
    process.execPath,
    ['--conditions=sluice-source', join(import.meta.dirname, 'cache-writer.ts'), root, String(from)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  writers.push(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const closed = once(reader, 'close');
  const until = async (fits: RegExp): Promise<string> => {
    for (;;) {
      const line = lines.find((l) => fits.test(l));
      if (line) return line;
      await once(reader, 'line');
    }
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await Promise.all([
      closed,
      child.exitCode === null && !child.signalCode ? once(child, 'exit') : undefined,
    ]);
  };
  const durable = (): number => Number(lines.findLast((l) => l.startsWith('durable'))?.split(' ')[1] ?? 0);
  return { until, kill, durable };
}

describe('a process that is killed while it writes its cache', () => {
  it('finds at its next start what was durable, or the one that was being written, and never garbage', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-crash-'));
    let next = 1;
    for (let round = 0; round < 12; round++) {
      const writer = startWriter(root, next);
      const [, slot, loaded] = /slot (\d+) loaded (\d+)/.exec(await writer.until(/^slot/)) ?? [];
      // The lock of the killed process is taken over, and everything that it said to be durable is there.
      expect(slot).toBe('0');
      expect(Number(loaded)).toBeGreaterThanOrEqual(next - 1);
      expect(Number(loaded)).toBeLessThanOrEqual(next);
      await writer.until(/^durable/);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      await writer.kill();
      next = writer.durable() + 1;
    }
    expect(next).toBeGreaterThan(12);
  });

  it('had a slot of its own beside another process in the same folder', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-two-'));
    const [a, b] = [startWriter(root), startWriter(root)];
    const slots = [await a.until(/^slot/), await b.until(/^slot/)].map((line) => line.split(' ')[1]);
    await Promise.all([a.until(/^durable 3$/), b.until(/^durable 3$/)]);
    await Promise.all([a.kill(), b.kill()]);
    expect(slots.sort()).toEqual(['0', '1']);
    expect((await readdir(join(root, 'prod', 'order-api'))).sort()).toEqual(['0', '1']);
  });
});
