import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CacheState } from '@sluice/core';
import { type Clock, systemClock } from '../clock.ts';
import { Notices } from '../notices/notices.ts';
import { hangReaders } from '../testing/hang-readers.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { wireMap } from '../testing/wire-namespace.ts';
import { DiskCache, type DiskCacheOptions } from './disk-cache.ts';

let root: string;
let said: string[];
const open: DiskCache[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-cache-'));
  said = [];
});
afterEach(async () => {
  for (const cache of open.splice(0)) await cache.close();
});

async function start(more: Partial<DiskCacheOptions> = {}, clock: Clock = systemClock) {
  const notices = new Notices({ warn: (line) => said.push(line) }, clock, 'en');
  const cache = new DiskCache({
    root,
    environment: 'prod',
    app: 'order-api',
    instanceId: undefined,
    origin: 'o',
    clock,
    notices,
    changed: () => undefined,
    lost: () => undefined,
    ...more,
  });
  open.push(cache);
  const opened = await cache.open();
  cache.belongsTo('order-1');
  return { cache, ...opened };
}

const snapshotOf = (revision: number) => () => ({
  savedAt: Date.now(),
  snapshot: {
    epoch: 1,
    revision,
    rootDigest: 'a'.repeat(64),
    namespaces: [wireMap('order', { timeoutMs: revision }, revision)],
  },
});
const slot = (name = '0') => join(root, 'prod', 'order-api', name);

describe('the disk cache', () => {
  it('removes the slots of its app that nobody used for 30 days, once the app has started', async () => {
    const old = join(root, 'prod', 'order-api', 'pod-of-last-year');
    await mkdir(old, { recursive: true, mode: 0o700 });
    await chmod(join(root, 'prod'), 0o700);
    const clock = manualClock(Date.now() + 40 * 86_400_000);
    await start({ instanceId: 'pod-of-today' }, clock);
    await clock.advance(9999);
    expect(await readdir(join(root, 'prod', 'order-api'))).toContain('pod-of-last-year');
    await clock.advance(1);
    while ((await readdir(join(root, 'prod', 'order-api'))).includes('pod-of-last-year'));
    expect(await readdir(join(root, 'prod', 'order-api'))).toEqual(['pod-of-today']);
  });

  it('keeps two generations, each new one over the older, readable by this user alone', async () => {
    const { cache } = await start();
    for (const revision of [1, 2, 3]) await cache.save(snapshotOf(revision));
    expect((await readdir(slot())).sort()).toEqual(['a.snap', 'b.snap', 'lock.1']);
    expect(await readFile(join(slot(), 'a.snap'), 'utf8')).toContain('"generation":3');
    expect(await readFile(join(slot(), 'b.snap'), 'utf8')).toContain('"generation":2');
    if (process.platform !== 'win32') expect((await stat(join(slot(), 'a.snap'))).mode & 0o777).toBe(0o600);
    await cache.close();
    const again = await start();
    expect(again.loaded?.snapshot.revision).toBe(3);
    await again.cache.save(snapshotOf(4));
    expect(await readFile(join(slot(), 'b.snap'), 'utf8')).toContain('"generation":4');
  });

  it('falls back to the generation before when the newest is damaged, and then replaces the damaged one', async () => {
    const { cache } = await start();
    for (const revision of [1, 2]) await cache.save(snapshotOf(revision));
    await cache.close();
    await truncate(join(slot(), 'b.snap'), 300);
    const again = await start();
    expect(again.loaded?.snapshot.revision).toBe(1);
    expect(said.join()).toMatch(/cache_damaged: .*b\.snap is damaged .* Generation 1 is used instead/);
    await again.cache.save(snapshotOf(5));
    expect(await readFile(join(slot(), 'b.snap'), 'utf8')).toContain('"revision":5');
  });

  it('starts with nothing when both are damaged, and says so', async () => {
    const { cache } = await start();
    for (const revision of [1, 2]) await cache.save(snapshotOf(revision));
    await cache.close();
    for (const file of ['a.snap', 'b.snap']) await writeFile(join(slot(), file), 'garbage');
    expect((await start()).loaded).toBeUndefined();
    expect(said.filter((line) => line.includes('cache_damaged'))).toHaveLength(2);
  });

  it('writes a burst as one, at once the first and 100 ms later the last', async () => {
    const clock = manualClock();
    const { cache } = await start({}, clock);
    await cache.save(snapshotOf(1));
    const waiting = [2, 3, 4].map((revision) => cache.save(snapshotOf(revision)));
    await clock.advance(99);
    expect(await readFile(join(slot(), 'a.snap'), 'utf8')).toContain('"revision":1');
    await clock.advance(1);
    await Promise.all(waiting);
    expect(await readFile(join(slot(), 'b.snap'), 'utf8')).toMatch(/"generation":2,.*"revision":4/);
  });

  it('gives a second process the next slot, and a named one the slot of its name', async () => {
    expect((await start()).slotIndex).toBe(0);
    expect((await start()).slotIndex).toBe(1);
    expect((await start({ instanceId: 'order-7' })).slotIndex).toBe(0);
    expect((await start({ instanceId: 'order-7' })).slotIndex).toBe(1);
    expect((await start({ instanceId: '../../etc' })).slotIndex).toBe(0);
    const slots = await readdir(join(root, 'prod', 'order-api'));
    expect(slots.sort()).toEqual([
      '0',
      '1',
      expect.stringMatching(/^h-[0-9a-f]{24}$/),
      'order-7',
      'order-7~2',
    ]);
  });

  it('starts from the slot of a process that may be gone or not, and leaves that alone', async () => {
    const { cache } = await start();
    await cache.save(snapshotOf(1));
    await cache.close();
    // As a container left it that was killed: its processes can't be looked up from the next one.
    await writeFile(join(slot('0'), 'lock.2'), JSON.stringify({ held: true, pid: 1, realm: 'elsewhere' }));
    const next = await start();
    expect([next.slotIndex, next.loaded?.snapshot.revision, next.cache.folder]).toEqual([1, 1, slot('0')]);
    await next.cache.save(snapshotOf(2));
    expect(await readdir(slot('0'))).toEqual(['a.snap', 'lock.1', 'lock.2']);
    expect(await readFile(join(slot('1'), 'a.snap'), 'utf8')).toContain('"revision":2');
  });

  it('goes on in memory when its folder cannot be used, tells it, and recovers by itself', async () => {
    await writeFile(join(root, 'blocked'), 'a file, no folder');
    const clock = manualClock();
    let recover: () => void;
    const recovered = new Promise<void>((resolve) => {
      recover = resolve;
    });
    const changed = (state: CacheState): void => void (state === 'ok' && recover());
    const { cache, loaded } = await start({ root: join(root, 'blocked'), changed }, clock);
    expect(loaded).toBeUndefined();
    expect(cache.state).toBe('unwritable');
    await cache.save(snapshotOf(1));
    expect(said.join()).toMatch(/cache_unwritable: .*memory only/);
    await rm(join(root, 'blocked'));
    await clock.advance(60_000); // the next try, which takes as long as the disk takes
    await recovered;
    expect(await readFile(join(root, 'blocked', 'prod', 'order-api', '0', 'a.snap'), 'utf8')).toContain(
      'order',
    );
  });

  const posix = process.platform === 'win32' ? it.skip : it;
  posix(
    'holds up nobody for longer than 5 s where the disk hangs, and writes the newest once it goes on',
    async () => {
      const clock = manualClock();
      let recover: () => void;
      const recovered = new Promise<void>((resolve) => {
        recover = resolve;
      });
      const changed = (state: CacheState): void => void (state === 'ok' && recover());
      const { cache } = await start({ changed }, clock);
      await cache.save(snapshotOf(1));
      const goOn = await hangReaders(join(slot(), 'lock.1'));
      const hanging = cache.save(snapshotOf(2));
      await clock.advance(200);
      const waiting = cache.save(snapshotOf(3));
      await clock.advance(5000);
      await Promise.all([hanging, waiting, cache.save(snapshotOf(4))]);
      expect([cache.state, said.join()]).toEqual(['unwritable', expect.stringContaining('longer than 5 s')]);
      await goOn();
      await recovered;
      await cache.close();
      const files = await Promise.all(
        ['a.snap', 'b.snap'].map((name) => readFile(join(slot(), name), 'utf8')),
      );
      expect(files.some((text) => text.includes('"revision":4'))).toBe(true);
    },
  );

  it('refuses a folder that others may write', async () => {
    if (process.platform === 'win32') return;
    await mkdir(join(root, 'prod'));
    await chmod(join(root, 'prod'), 0o777);
    const { cache } = await start();
    expect(cache.state).toBe('unwritable');
    expect(said.join()).toContain('cache_refused');
  });

  it('takes another slot when it lost its own', async () => {
    const { cache } = await start();
    await cache.save(snapshotOf(1));
    await rm(slot(), { recursive: true });
    await cache.save(snapshotOf(2));
    expect(cache.state).toBe('ok');
    expect(await readFile(join(slot(), 'a.snap'), 'utf8')).toContain('"revision":2');
  });

  it('leaves a slot alone that another process has taken in a folder that was made anew', async () => {
    const [first, second] = [await start(), await start()];
    await Promise.all([first.cache.save(snapshotOf(1)), second.cache.save(snapshotOf(2))]);
    await rm(join(root, 'prod'), { recursive: true });
    await second.cache.save(snapshotOf(3));
    await first.cache.save(snapshotOf(4));
    expect([second.cache.folder, first.cache.folder]).toEqual([slot('0'), slot('1')]);
    expect(await readFile(join(slot('0'), 'a.snap'), 'utf8')).toContain('"revision":3');
    expect(await readFile(join(slot('1'), 'a.snap'), 'utf8')).toContain('"revision":4');
  });

  it('tells, while nothing is saved, that somebody removed it', async () => {
    const clock = manualClock();
    let tell: () => void;
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const { cache } = await start({ lost: () => tell() }, clock);
    await cache.save(snapshotOf(1));
    await rm(slot(), { recursive: true });
    await clock.advance(30_000);
    await told;
  });

  it('keeps small files beside the snapshots, and takes them along into another slot', async () => {
    const { cache } = await start();
    await cache.keep('kill.json', Buffer.from('on'));
    expect(await readdir(slot())).toEqual(['kill.json', 'lock.1']);
    await cache.save(snapshotOf(1));
    await rm(slot(), { recursive: true });
    await cache.keep('kill.json', Buffer.from('off'));
    expect(await readFile(join(slot(), 'kill.json'), 'utf8')).toBe('off');
    expect(await readFile(join(slot(), 'a.snap'), 'utf8')).toContain('"revision":1');
    await rm(slot(), { recursive: true });
    await cache.save(snapshotOf(2));
    expect(await readFile(join(slot(), 'kill.json'), 'utf8')).toBe('off');
  });

  it('keeps a small file once that is possible, and tells meanwhile that it is not', async () => {
    const clock = manualClock();
    const states: CacheState[] = [];
    let recover: () => void;
    const recovered = new Promise<void>((resolve) => {
      recover = resolve;
    });
    const changed = (state: CacheState): void => {
      states.push(state);
      if (state === 'ok') recover();
    };
    const { cache } = await start({ changed }, clock);
    await mkdir(join(slot(), 'kill.json.part')); // in the way
    await cache.keep('kill.json', Buffer.from('on'));
    expect([cache.state, said.join()]).toEqual(['unwritable', expect.stringContaining('cache_unwritable')]);
    await rm(join(slot(), 'kill.json.part'), { recursive: true });
    await clock.advance(60_000);
    await recovered;
    expect(states).toEqual(['unwritable', 'ok']);
    expect(await readFile(join(slot(), 'kill.json'), 'utf8')).toBe('on');
  });

  it('clears away what a crash left half-written', async () => {
    const { cache } = await start();
    await cache.save(snapshotOf(1));
    await cache.close();
    await writeFile(join(slot(), 'b.snap.part'), 'half');
    await start();
    expect(await readdir(slot())).not.toContain('b.snap.part');
  });

  it('writes what is still waiting when it is closed', async () => {
    const { cache } = await start();
    await cache.save(snapshotOf(1));
    void cache.save(snapshotOf(2));
    await cache.close();
    expect(await readFile(join(slot(), 'b.snap'), 'utf8')).toContain('"revision":2');
  });
});
