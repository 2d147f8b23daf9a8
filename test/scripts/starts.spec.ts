import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Launch, ScriptHostOptions } from '@sluice/scripts';
import { launchOf } from '../../libs/scripts/src/launch.ts';
import { WatchedHost } from './watched-host.ts';

const passes = { entry: 'decide', source: 'function decide() { return "pass" }', timeoutMs: 1000 } as const;
const folder = mkdtempSync(join(tmpdir(), 'sluice-starts-'));
const ends: (() => void)[] = [];
let lastStarter = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function open(options: ScriptHostOptions): WatchedHost {
  const watched = new WatchedHost(options);
  ends.push(() => watched.close());
  return watched;
}

/** How the child is started here, with nothing around it. */
function plainest(): Launch {
  const launch = launchOf();
  if ('reason' in launch) throw new Error(launch.reason);
  let plain: Launch = launch;
  while (plain.otherwise) plain = plain.otherwise;
  return plain;
}

/** A wrapper that counts its starts, and at those that the pattern names does something else than start the child. */
function starter(pattern: string, deed: string) {
  const path = join(folder, `starter-${++lastStarter}`);
  writeFileSync(`${path}.starts`, '');
  writeFileSync(
    path,
    `echo >>'${path}.starts'; n=$(wc -l <'${path}.starts'); case $((n)) in ${pattern}) [ -e '${path}.fine' ] || ${deed};; esac; exec "$@"`,
  );
  const { command, args } = plainest();
  return {
    launch: { command: '/bin/sh', args: [path, command, ...args] },
    starts: () => readFileSync(`${path}.starts`, 'latin1').length,
    recover: () => writeFileSync(`${path}.fine`, ''),
  };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await wait(5);
  }
}

describe('the start of a child', () => {
  it.each([
    ['was killed', 'kill -9 $$'],
    ['failed once', 'exit 1'],
  ])('goes no plainer way because one %s', async (_, deed) => {
    const [way, plainer] = [starter('1', deed), starter('0', 'exit 1')];
    const { host } = open({ place: { ...way.launch, otherwise: plainer.launch }, spare: false });
    expect(await host.compiled(host.acquire('a', passes))).toBeUndefined();
    expect(way.starts()).toBe(2);
    expect(plainer.starts()).toBe(0);
  });

  it('goes a plainer way where the better one fails', async () => {
    const [way, plainer] = [starter('*', 'exit 1'), starter('0', 'exit 1')];
    const { host } = open({ place: { ...way.launch, otherwise: plainer.launch }, spare: false });
    expect(await host.compiled(host.acquire('a', passes))).toBeUndefined();
    expect([way.starts(), plainer.starts()]).toEqual([2, 1]);
  });

  it('may fail for a spare as often as it likes, while the one in use stays so', async () => {
    const way = starter('[!1]*', 'exit 1');
    const { host, events } = open({ place: way.launch });
    const version = host.acquire('a', passes);
    expect(await host.compiled(version)).toBeUndefined();
    const pids = host.pids;
    await until(() => way.starts() > 4, 'four spares that did not start');
    expect(await host.ask(version, '[{},null]')).toEqual({ ok: true, value: 'pass' });
    expect([host.pids, events]).toEqual([pids, []]);
    way.recover();
    await until(() => host.pids.length === 2, 'a spare');
  }, 60_000);

  it('is put off where descriptors are short, and nothing is thrown', () => {
    const node = [
      process.execPath,
      '--conditions=sluice-source',
      '--disable-warning=ExperimentalWarning',
      `${import.meta.dirname}/shortage-program.ts`,
    ];
    const ran = spawnSync('/bin/sh', ['-c', 'ulimit -n 150; exec "$@"', 'sh', ...node], { encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    expect(ran.stdout.trim().split('\n')).toEqual([
      'EMFILE',
      'starting',
      expect.stringMatching(/\bpass$/),
      'EMFILE',
      expect.stringMatching(/^(starting|busy)$/),
      expect.stringMatching(/\bpass$/),
    ]);
  }, 90_000);
});

describe('an app in which scripts can’t run', () => {
  const root = join(import.meta.dirname, '../..');

  it('is told so where it may not read what they need, and not that they come later', () => {
    const ran = spawnSync(
      process.execPath,
      [
        '--conditions=sluice-source',
        '--no-warnings',
        '--permission',
        '--allow-child-process',
        ...['libs', 'test', 'package.json', 'node_modules/zod', 'node_modules/@sluice'].map(
          (path) => `--allow-fs-read=${join(root, path)}`,
        ),
        `${import.meta.dirname}/confined-program.ts`,
      ],
      { encoding: 'utf8' },
    );
    expect(ran.stdout + ran.stderr).toContain('Scripts cannot run in this process: Access to this API');
  });

  it('is told so where a bundler has left out the program of their host', () => {
    // As in a bundle, the module lies in a folder of its own.
    const bundle = join(root, 'libs/scripts/src/launch.ts');
    const path = join(folder, 'launch.ts');
    writeFileSync(path, readFileSync(bundle));
    const ran = spawnSync(
      process.execPath,
      [
        '--no-warnings',
        '-e',
        `import(${JSON.stringify(path)}).then((m) => console.log(m.launchOf().reason))`,
      ],
      { encoding: 'utf8' },
    );
    expect(ran.stdout + ran.stderr).toContain('leave @sluice/client and @sluice/scripts out of the bundle');
  });
});

describe('an app that is told to end', () => {
  const isBound = spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).status === 0;
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'goes on with its scripts while it finishes, also where all its processes get %s',
    async (signal) => {
      if (!isBound) return;
      const program = spawn(
        process.execPath,
        [
          '--conditions=sluice-source',
          '--disable-warning=ExperimentalWarning',
          `${import.meta.dirname}/draining-program.ts`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
      );
      const [pids] = await once(program.stdout, 'data');
      process.kill(-program.pid!, signal);
      const [said] = await once(program.stdout, 'data');
      expect(String(said).trim()).toBe('pass same');
      expect(await once(program, 'exit')).toEqual([0, null]);
      const isAlive = (pid: number) => spawnSync('kill', ['-0', String(pid)]).status === 0;
      await until(() => !String(pids).trim().split(' ').map(Number).some(isAlive), 'the end of its children');
    },
  );
});
