import { spawnSync } from 'node:child_process';
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DecideScript, failureText, type Launch, ScriptHost, type ScriptHostOptions } from '@sluice/scripts';
import { launchOf } from '../../libs/scripts/src/launch.ts';
import { noiseMs, WatchedHost } from './watched-host.ts';

const opened: WatchedHost[] = [];
function open(options: ScriptHostOptions): WatchedHost {
  const watched = new WatchedHost(options);
  opened.push(watched);
  return watched;
}
afterEach(() => {
  for (const watched of opened.splice(0)) watched.close();
});

const passes = { entry: 'decide', source: 'function decide() { return "pass" }', timeoutMs: 100 } as const;

describe('a child that misbehaves on its pipe', () => {
  const program = join(import.meta.dirname, 'broken-child.mjs');
  it.each([
    'garbage',
    'text',
    'gigabyte',
    'not-json',
    'no-message',
    'no-list',
    'unasked',
    'too-many',
    'odd-results',
    'negative',
    'again',
    'partial',
    'silence',
    'end',
    'crash',
  ])('E21 is ended, and every call has its answer: %s', async (how) => {
    const place = { command: process.execPath, args: [program, how] };
    const watched = open({ place, spare: false });
    const { host } = watched;
    const version = host.acquire('a', passes);
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(Array.from({ length: 5 }, () => host.ask(version, '[{},null]')));
    expect(answers.map((one) => one.ok)).toEqual(Array<boolean>(5).fill(false));
    expect(host.pending).toBe(0);
    expect(watched.longestStandstillMs).toBeLessThan(150 + noiseMs);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });
});

describe('without what scripts need', () => {
  it.each([
    ['no isolated-vm', { isolatedVm: null }, 'not installed'],
    ['an older Node', { nodeVersion: '20.19.0' }, 'Node 20.19.0'],
    ['a package that does not load', { isolatedVm: '/nowhere/isolated-vm/isolated-vm.js' }, 'isolated-vm'],
    ['a command that is not there', { command: '/nowhere/node', args: [] }, 'ENOENT'],
  ])('onError rules and the host says why: %s', async (_, place, reason) => {
    const { host, events } = open({ place });
    const script = (onError: 'pass' | 'block' | 'lastGood') =>
      new DecideScript(host, `rule ${onError}`, { source: passes.source, onError, timeoutMs: 20 });
    const [pass, block, lastGood] = [script('pass'), script('block'), script('lastGood')];
    for (let n = 0; n < 200 && !host.scriptsUnavailable; n++) {
      await pass.decide({});
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(await pass.decide({})).toMatchObject({ verdict: { pass: true }, by: 'onError' });
    expect(await block.decide({})).toMatchObject({ verdict: { pass: false }, by: 'onError' });
    expect(await lastGood.decide({})).toMatchObject({
      verdict: { pass: true },
      failure: { code: 'unavailable' },
    });
    expect(events.filter((type) => type === 'scriptsUnavailable')).toHaveLength(1);
    expect(failureText(host.scriptsUnavailable!, 'en')).toContain(reason);
    expect(failureText(host.scriptsUnavailable!, 'zh')).toContain('无法运行脚本');
  });
});

function launchHere(): Launch {
  const launch = launchOf();
  if ('reason' in launch) throw new Error(launch.reason);
  return launch;
}

/** The ways to start the child, the plainest last. */
function waysOf(launch: Launch): Launch[] {
  return [launch, ...(launch.otherwise ? waysOf(launch.otherwise) : [])];
}

describe('the child', () => {
  it('E22 may do nothing but read its own program', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-rights-'));
    const probe = join(folder, 'probe.mjs');
    writeFileSync(
      probe,
      `import fs from 'node:fs'; import child from 'node:child_process'; import { Worker } from 'node:worker_threads';
       const tried = {};
       const attempt = (name, run) => { try { run(); tried[name] = 'done'; } catch (error) { tried[name] = error.code ?? error.name; } };
       attempt('read', () => fs.readFileSync('/etc/passwd'));
       attempt('list', () => fs.readdirSync('/'));
       attempt('readOwnEnvironment', () => fs.readFileSync('/proc/self/environ'));
       attempt('write', () => fs.writeFileSync(${JSON.stringify(join(folder, 'out'))}, 'x'));
       attempt('writeOwnFolder', () => fs.writeFileSync(import.meta.filename, 'x'));
       attempt('spawn', () => child.spawnSync(process.execPath, ['-e', '1']));
       attempt('exec', () => child.execSync('true'));
       attempt('fork', () => child.fork(import.meta.filename));
       attempt('thread', () => new Worker('1', { eval: true }));
       attempt('machineCode', () => new WebAssembly.Memory({ initial: 1 }));
       attempt('inspector', () => process.getBuiltinModule('node:inspector').open(0));
       console.log(JSON.stringify({ tried, env: process.env, cwd: process.cwd() }));`,
    );
    try {
      const plain = waysOf(launchHere()).at(-1)!;
      const flags = plain.args.filter((arg) => arg.startsWith('--'));
      const { stdout, stderr } = spawnSync(plain.command, [...flags, `--allow-fs-read=${probe}`, probe], {
        env: {},
        cwd: '/',
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      const denied = 'ERR_ACCESS_DENIED';
      expect(JSON.parse(stdout)).toEqual({
        tried: {
          read: denied,
          list: denied,
          readOwnEnvironment: denied,
          write: denied,
          writeOwnFolder: denied,
          spawn: denied,
          exec: denied,
          fork: denied,
          thread: denied,
          machineCode: 'ReferenceError',
          inspector: denied,
        },
        env: {},
        cwd: '/',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('E22 has no network where the system can take it away', async () => {
    const user = process.getuid?.() === 0 ? [] : ['--user'];
    const canTakeAway = spawnSync('unshare', [...user, '--net', '--', 'true']).status === 0;
    const watched = open({ spare: false });
    expect(await watched.word(passes.source, { timeoutMs: 1000 })).toBe('pass');
    if (process.platform !== 'linux') return;
    const network = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/net`);
    expect(network(watched.host.pids[0]!) !== network('self')).toBe(canTakeAway);
  });

  it('runs without that where the system refuses it', async () => {
    const place = { command: '/bin/false', args: [], otherwise: launchHere() };
    const watched = open({ place });
    expect(await watched.word(passes.source, { timeoutMs: 1000 })).toBe('pass');
    expect(watched.host.scriptsUnavailable).toBeUndefined();
  });

  it('is started with four places to read and no more', () => {
    const places = launchHere().args.filter((arg) => arg.startsWith('--allow-fs-read='));
    expect(places.map((arg) => arg.split('/').at(-1))).toEqual([
      'child',
      'isolated-vm',
      'node-gyp-build',
      'alpine-release',
    ]);
  });

  it('is not loaded into this process', () => {
    const host = new ScriptHost();
    const report = process.report.getReport() as unknown as { sharedObjects: string[] };
    expect(report.sharedObjects.filter((path) => path.includes('isolated-vm'))).toEqual([]);
    host.close();
  });
});
