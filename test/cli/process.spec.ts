import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeServer } from './fake-server.ts';
import { beGuarded } from './guarded-api.ts';
import { beOrderApi } from './order-api.ts';

const bin = join(import.meta.dirname, '../../apps/cli/bin/sluice.js');
const home = mkdtempSync(join(tmpdir(), 'sluice-bin-'));

const [log, rules] = [join(home, 'access.log'), join(home, 'rules.json')];

let fake: FakeServer;
beforeAll(async () => {
  await writeFile(log, `::1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n`.repeat(5));
  await writeFile(
    rules,
    '{"r":{"kind":"limit","algorithm":"tokenBucket","limit":1,"intervalMs":1000,"resource":{"match":"glob","value":"**"},"mode":"monitor"}}',
  );
  fake = beGuarded(beOrderApi(await FakeServer.start()));
});
afterAll(() => fake.stop());

/** The command line as its users start it: the built program in a process of its own. */
async function sluice(argv: readonly string[], input = '', nodeFlags: readonly string[] = []) {
  const child = spawn(process.execPath, [...nodeFlags, bin, ...argv], {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      SLUICE_SERVER: fake.url,
      SLUICE_TOKEN: 't',
      SLUICE_ENV: 'prod',
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

describe('the program', () => {
  it('answers with data, hints and an exit code in their places', async () => {
    const read = await sluice(['get', 'order-api', 'order.timeoutMs']);
    expect(read).toMatchObject({ code: 0, out: '800\n', err: '' });
    const written = await sluice(['set', 'order-api', 'order.timeoutMs=500', '-o', 'json', '--wait']);
    expect(written.code).toBe(0);
    expect(JSON.parse(written.out)).toMatchObject({ namespaces: [{ name: 'order', release: 8 }] });
    expect(written.err).toContain('Converged: 2 of 2 instances');
    expect((await sluice(['gte'])).code).toBe(2);
    expect((await sluice(['whoami', '--server', 'http://127.0.0.1:1'])).code).toBe(8);
  });

  it('reads standard input', async () => {
    const same = await sluice(['diff', 'order-api', 'gateway', '-f', '-'], '\ufeffserver:\r\n  port: 1\r\n');
    expect(same.code).toBe(0);
  });

  it('is not troubled by a reader that leaves early', async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" "${bin}" --help | head -1`], { stdio: 'pipe' });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    await once(child, 'close');
    expect(err).toBe('');
  });

  it('leaves what it watches as it leaves it at Ctrl+C, when it is told to end', async () => {
    const child = spawn(process.execPath, [bin, 'resources', 'ls', 'order-api', '--watch'], {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        SLUICE_SERVER: fake.url,
        SLUICE_TOKEN: 't',
        SLUICE_ENV: 'prod',
      },
    });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('replays a log that comes through a pipe', async () => {
    const replayed = await sluice(
      ['rule', 'replay', '--log', '-', '--rules', rules, '-o', 'json'],
      `::1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n`.repeat(5000),
    );
    expect(replayed.code).toBe(0);
    expect(JSON.parse(replayed.out)).toMatchObject({ calls: 5000, wouldBlock: 4999 });
  });

  // Judged by the processor time that it takes, the quickest of several: a wall clock would judge what else runs. Where
  // that makes Node itself slower than on a quiet machine, the program may be slower by as much.
  it.each([
    ['--help', ['--help']],
    ['get', ['get', 'order-api', 'order.timeoutMs']],
    ['top', ['top', 'order-api']],
    ['kill status', ['kill', 'status']],
    ['rule show', ['rule', 'show', 'order-api', 'guard.pay']],
    ['rule replay --log', ['rule', 'replay', '--log', log, '--rules', rules]],
  ])('starts cold within 200 ms: %s', async (_, argv) => {
    const [ours, bare]: [number[], number[]] = [[], []];
    for (let i = 0; i < 5; i++) {
      ours.push(cpuMs((await sluice(argv, '', told)).err));
      bare.push(cpuMs((await promisify(execFile)(process.execPath, [...told, '-e', ''])).stderr));
    }
    expect(Math.min(...ours)).toBeLessThanOrEqual(Math.max(200, 8 * Math.min(...bare)));
  });
});

const cpuMs = (told: string): number => Number(/cpu (\d+)/.exec(told)?.[1]);

/** Lets a process end by telling on its standard error how many milliseconds of processor time it took. */
const told = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    "process.on('exit', () => { const { user, system } = process.cpuUsage(); console.error('cpu ' + Math.round((user + system) / 1000)); })",
  )}`,
];
