import { writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KillSwitch } from '@sluice/core';
import { Notices } from '../notices/notices.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { type KillKeeper, KillSwitches, killSwitchOf } from './kill-switch.ts';

const off = { monitorOnly: false, noFaults: false };
const on = { monitorOnly: true, noFaults: true };
let folder: string;
let turns: KillSwitch[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
  turns = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const switches = (more: { variable?: string; origin?: string; notices?: Notices } = {}): KillSwitches =>
  new KillSwitches({
    notices: new Notices(false, manualClock(), 'en'),
    variable: undefined,
    file: join(folder, 'KILL'),
    origin: 'a',
    turned: (state) => void turns.push(state),
    ...more,
  });

/** A folder that takes what it is given, at once. */
const keeper = (): KillKeeper => ({
  folder,
  keep: async (name, bytes) => writeFileSync(join(folder, name), bytes, { mode: 0o600 }),
});

describe('the words of the kill switch', () => {
  it('name what to stop; none and unknown ones mean all, a plain no means nothing', () => {
    expect(killSwitchOf('monitor')).toEqual({ monitorOnly: true, noFaults: false });
    expect(killSwitchOf(' Faults\n')).toEqual({ monitorOnly: false, noFaults: true });
    for (const all of ['', ' ', '1', 'true', 'all', 'monitor,faults', 'monitor faults', 'montor'])
      expect(killSwitchOf(all)).toEqual(on);
    for (const none of ['0', 'false', 'off', 'no']) expect(killSwitchOf(none)).toEqual(off);
  });
});

describe('the kill switch', () => {
  it('is thrown by the environment from the first moment, whatever the server says', () => {
    const kill = switches({ variable: 'monitor' });
    expect(kill.state).toEqual({ monitorOnly: true, noFaults: false });
    expect(kill.take({ version: 1, ...off })).toBe(1);
    expect(kill.state.monitorOnly).toBe(true);
    kill.take({ version: 2, monitorOnly: false, noFaults: true });
    expect(turns).toEqual([{ monitorOnly: true, noFaults: false }, on]);
  });

  it('is not thrown by a variable that a deployment has left empty', () => {
    for (const variable of ['', ' ', '\n']) expect(switches({ variable }).state).toEqual(off);
    expect(switches({ variable: '1' }).state).toEqual(on);
  });

  it('is thrown by a file while it is there, unless others may write that', async () => {
    const kill = switches();
    await writeFile(join(folder, 'KILL'), '', { mode: 0o600 });
    await kill.look();
    expect(kill.state).toEqual(on);
    await rm(join(folder, 'KILL'));
    await kill.look();
    expect(kill.state).toEqual(off);
    await writeFile(join(folder, 'KILL'), '');
    await chmod(join(folder, 'KILL'), 0o666);
    await kill.look();
    expect(kill.state).toEqual(off);
  });

  it('looks at the file once at a time, however often it is asked while a disk hangs', async () => {
    const kill = switches();
    const first = kill.look();
    expect(kill.look()).toBe(first);
    await first;
    await writeFile(join(folder, 'KILL'), '', { mode: 0o600 });
    await kill.look();
    expect(kill.state).toEqual(on);
  });

  it('says so when the file is there and does not count', async () => {
    const said: string[] = [];
    const logger = { warn: (text: string) => void said.push(text) };
    const kill = switches({ notices: new Notices(logger as never, manualClock(), 'en') });
    const file = join(folder, 'KILL');
    await kill.look();
    expect(said).toEqual([]);
    await writeFile(file, '');
    // Nobody reads so much; a disk that fails would do as well.
    await truncate(file, 300 * 1024 * 1024);
    await kill.look();
    expect([kill.state, said.length]).toEqual([off, 1]);
    expect(said[0]).toContain(
      `kill_refused: The file ${file} does not throw the kill switch: it has 314572800`,
    );
  });

  it('is as the server left it after a restart, for this server and this token only', async () => {
    const before = switches();
    await before.open(keeper());
    before.take({ version: 7, ...on });
    const same = switches();
    await same.open(keeper());
    expect(same.state).toEqual(on);
    const other = switches({ origin: 'b' });
    await other.open(keeper());
    expect(other.state).toEqual(off);
  });

  it('is kept though the server was faster than the disk', async () => {
    const kill = switches();
    kill.take({ version: 7, ...on });
    await kill.open(keeper());
    const next = switches();
    await next.open(keeper());
    expect(next.state).toEqual(on);
  });

  it('passes over what is older on one connection, and begins anew on the next', () => {
    const kill = switches();
    expect(kill.take({ version: 7, ...on })).toBe(7);
    expect(kill.take({ version: 6, ...off })).toBe(7);
    expect(kill.state).toEqual(on);
    kill.connected();
    expect(kill.take({ version: 1, ...off })).toBe(1);
    expect(kill.state).toEqual(off);
  });
});
