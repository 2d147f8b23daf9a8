import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { holdDataDir } from './only-one.ts';

describe('holdDataDir', () => {
  it('gives a folder to one, and tells the next where that one is', async () => {
    const folder = `/data/${randomUUID()}`;
    const first = await holdDataDir(folder);
    if (!first.mine) throw new Error('nobody else can hold it');
    first.tell('http://127.0.0.1:7788');
    expect(await holdDataDir(folder)).toEqual({ mine: false, url: 'http://127.0.0.1:7788' });
    first.release();
    const next = await holdDataDir(folder);
    expect(next.mine).toBe(true);
    if (next.mine) next.release();
  });

  it('takes over from one that was killed', async () => {
    const folder = `/data/${randomUUID()}`;
    const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
    writeFileSync(join(tmpdir(), `sluice-demo-${name}.sock`), '');
    const hold = await holdDataDir(folder);
    expect(hold).toMatchObject({ mine: true, tookOver: true });
    if (hold.mine) hold.release();
  });
});
