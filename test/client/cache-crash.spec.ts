import { chmod, chown, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.ts';
import { killWriters, startWriter } from './start-writer.ts';

afterEach(killWriters);

describe('a process that is killed while it writes its cache', () => {
  it('finds at its next start what was durable, or the one that was being written, and never garbage', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-crash-'));
    let next = 1;
    for (let round = 0; round < 12; round++) {
      const writer = startWriter(root, { from: next });
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

const posix = process.platform === 'win32' ? describe.skip : describe;

posix('a disk that takes no more', () => {
  it('full in the middle of a write: the last durable one stays, and the next start finds it', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-full-'));
    const good = startWriter(root);
    await good.until(/^durable 1$/);
    await good.kill();
    const last = good.durable();

    const cramped = startWriter(root, { from: last + 1, largestFileKiB: 64 });
    expect(await cramped.until(/cache_unwritable/)).toMatch(/EFBIG.*memory only/);
    await cramped.until(/^unwritable$/);
    await cramped.kill();

    const next = startWriter(root, { from: last + 1 });
    const [, loaded] = /loaded (\d+)/.exec(await next.until(/^slot/)) ?? [];
    expect([last, last + 1]).toContain(Number(loaded));
    await next.until(new RegExp(`^durable ${last + 2}$`));
  });

  it('without room for as much as a lock: no try to write leaves anything', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-no-room-'));
    const cramped = startWriter(root, { largestFileKiB: 0 });
    expect(await cramped.until(/^slot/)).toBe('slot undefined loaded 0');
    await cramped.until(/^durable 2$/);
    // In the middle of a try there is one.
    const slot = join(root, 'prod', 'order-api', '0');
    await until('a folder without locks', async () => (await readdir(slot)).length === 0);
  });

  it('read-only from the start: its values are still read', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-read-only-'));
    // Root may write everywhere, so root does this as somebody else.
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    if (uid !== undefined) await chown(root, uid, uid);
    const good = startWriter(root, { uid });
    await good.until(/^durable 2$/);
    await good.kill();
    const slot = join(root, 'prod', 'order-api', '0');
    await chmod(slot, 0o500);
    const again = startWriter(root, { uid });
    expect(await again.until(/^slot/)).toBe(`slot undefined loaded ${good.durable()}`);
    expect(await again.until(/cache_unwritable/)).toContain('EACCES');
    await chmod(slot, 0o700);
  });
});
