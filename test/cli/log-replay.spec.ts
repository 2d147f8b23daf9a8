import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { seededDraw } from '@sluice/core';
import { type MachineOptions, MemoryMachine, type Ran } from './memory-machine.ts';

const machine = new MemoryMachine();
const start = Date.UTC(2026, 0, 31, 23, 58);
const months = ['Jan', 'Feb'];

interface Request {
  readonly second: number;
  readonly ip: string;
  readonly path: string;
  readonly status: number;
}

/** A few minutes of requests: many callers, two of them busy, written when they end and so a little out of order. */
const requests: Request[] = (() => {
  const draw = seededDraw(11);
  return Array.from({ length: 1500 }, (_, i) => ({
    second: Math.max(0, Math.floor(i / 6) - Math.floor(draw() * 20)),
    ip: draw() < 0.3 ? '192.0.2.1' : draw() < 0.2 ? '192.0.2.2' : `198.51.100.${Math.floor(draw() * 200)}`,
    path: draw() < 0.1 ? '/' : `/books/${Math.floor(draw() * 50)}`,
    status: draw() < 0.05 ? 503 : 200,
  }));
})();

function lineOf({ second, ip, path, status }: Request): string {
  const at = new Date(start + second * 1000).toISOString();
  const time = `${at.slice(8, 10)}/${months[Number(at.slice(5, 7)) - 1]}/${at.slice(0, 4)}:${at.slice(11, 19)} +0000`;
  return `${ip} - - [${time}] "GET ${path}?page=1 HTTP/1.1" ${status} 12`;
}

const log = requests.map((request) => `${lineOf(request)} "-" "Some Browser/1.0"`).join('\n');

/** The same question answered slowly and plainly: at most `limit` go in any stretch of a minute, eleven tenths of it. */
function refusedBy(limit: number, keyOf: (request: Request) => string | undefined): Map<string, number> {
  const went = new Map<string, number[]>();
  const refused = new Map<string, number>();
  for (const request of [...requests].sort((a, b) => a.second - b.second)) {
    const key = keyOf(request);
    if (key === undefined) continue;
    const slot = Math.floor((start / 1000 + request.second) / 6);
    const before = (went.get(key) ?? []).filter((other) => other > slot - 11);
    if (before.length >= limit) refused.set(request.ip, (refused.get(request.ip) ?? 0) + 1);
    else before.push(slot);
    went.set(key, before);
  }
  return refused;
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);
const limit = { kind: 'limit', algorithm: 'slidingWindow', limit: 10, windowMs: 60_000 };
const perAddress = {
  ...limit,
  per: { by: 'ip' },
  resource: { match: 'exact', value: '/*' },
  mode: 'monitor',
};
const front = { ...limit, resource: { match: 'exact', value: '/' }, mode: 'intercept' };

const put = (name: string, data: string | Uint8Array): Promise<void> =>
  writeFile(join(machine.home, name), data);
const replay = (argv: readonly string[], options?: MachineOptions): Promise<Ran> =>
  machine.run(['rule', 'replay', ...argv], options);
async function told(...argv: string[]) {
  const ran = await replay([...argv, '-o', 'json']);
  if (ran.code !== 0) throw new Error(ran.err);
  return JSON.parse(ran.out);
}

beforeAll(async () => {
  await put('access.log', log);
  await put('access.log.gz', gzipSync(log));
  await put('client.json', JSON.stringify({ 'per-client': perAddress }));
  await put('front.yaml', `front: ${JSON.stringify(front)}\n`);
});

describe('rules on an access log', () => {
  it('would block what a slow and plain model blocks', async () => {
    const refused = refusedBy(10, ({ ip }) => ip);
    const report = await told('--log', 'access.log', '--rules', 'client.json', '--resource-from', '/*');
    expect(report).toMatchObject({
      lines: 1500,
      badLines: 0,
      late: 0,
      noRoute: 0,
      calls: 1500,
      wouldBlock: sum(refused),
      share: sum(refused) / 1500,
      keysHit: refused.size,
      rules: [{ rule: 'per-client', mode: 'monitor', wouldBlock: sum(refused) }],
      warnings: [],
    });
    expect(sum(refused)).toBeGreaterThan(100);
    const byKey = report.byKey.map((key: { value: string; wouldBlock: number }) => [
      key.value,
      key.wouldBlock,
    ]);
    expect(new Map(byKey)).toEqual(refused);
    const all = (name: string) =>
      report.byMinute.reduce((n: number, m: Record<string, number>) => n + m[name]!, 0);
    expect([all('calls'), all('wouldBlock')]).toEqual([1500, sum(refused)]);
    expect(report.byMinute[0].at).toBe('2026-01-31T23:58:00.000Z');
  });

  it('that intercept on one path leave the others alone', async () => {
    const refused = refusedBy(10, ({ path }) => (path === '/' ? path : undefined));
    const report = await told('--log', 'access.log', '--rules', 'front.yaml', '--resource-from', 'path');
    expect(report).toMatchObject({ calls: 1500, wouldBlock: sum(refused), resourcesHit: 1 });
    expect(report.byResource).toMatchObject([{ value: '/', wouldBlock: sum(refused) }]);
    expect(sum(refused)).toBeGreaterThan(10);
  });

  it('are asked by routes, and requests without a route are counted', async () => {
    const front = requests.filter(({ path }) => path === '/').length;
    const report = await told(
      '--log',
      'access.log',
      '--rules',
      'client.json',
      '--resource-from',
      'GET /books/:id',
    );
    expect(report).toMatchObject({ calls: 1500 - front, noRoute: front, wouldBlock: 0 });
  });

  it('see parameters, user agents and failures', async () => {
    const when = { on: 'query', name: 'page', op: 'equals', value: 2 };
    const breaker = {
      kind: 'breaker',
      strategy: 'errorCount',
      threshold: 5,
      minCalls: 1,
      windowMs: 60_000,
      openMs: 10_000,
      resource: { match: 'prefix', value: 'GET /books/' },
      mode: 'monitor',
    };
    const agent = {
      ...perAddress,
      limit: 40,
      per: { by: 'header', name: 'user-agent' },
      resource: { match: 'glob', value: '**' },
    };
    await put('many.json', JSON.stringify({ breaker, agent, second: { ...agent, limit: 1, when } }));
    const report = await told(
      '--log',
      'access.log',
      '--rules',
      'many.json',
      '--resource-from',
      'request',
      '--key',
      'user-agent',
    );
    const refused = Object.fromEntries(
      report.rules.map((r: { rule: string; wouldBlock: number }) => [r.rule, r.wouldBlock]),
    );
    expect(refused.agent).toBeGreaterThan(0);
    expect(refused.second).toBe(0);
    expect(report.byKey).toMatchObject([{ value: 'Some Browser/1.0', calls: 1500 }]);
  });

  it('are told for people, whether the log is packed or comes through a pipe', async () => {
    const args = ['--rules', 'client.json', '--resource-from', '/*'];
    const plain = await replay(['--log', 'access.log', ...args]);
    expect(plain).toMatchObject({ code: 0, err: '' });
    expect(plain.out).toMatch(
      /^TIME +CALLS +WOULD BLOCK +SHARE\n2026-01-31T23:58:00.000Z .. \S+ +1500 +\d+ +\d+\.\d\d %\n/,
    );
    expect(plain.out).toMatch(/\nIP +CALLS .*\n192\.0\.2\.1 +\d+ +\d+ /);
    expect(plain.out).toMatch(/WORST MINUTES/);
    expect((await replay(['--log', 'access.log.gz', ...args])).out).toBe(plain.out);
    const packed = gzipSync(log);
    const bytewise = [packed.subarray(0, 1), packed.subarray(1, 1), packed.subarray(1)];
    for (const stdin of [log, packed, bytewise])
      expect((await replay(['--log', '-', ...args], { stdin })).out).toBe(plain.out);
    const chinese = await replay(['--log', 'access.log', ...args, '--lang', 'zh']);
    expect(chinese.out).toMatch(/^时间 +调用 +预计拦截 +占比\n/);
  });
});

describe('what is wrong', () => {
  const args = ['--rules', 'client.json', '--resource-from', '/*'];

  it('with single lines is told, and the others count', async () => {
    const broken = log
      .split('\n')
      .flatMap((line, i) => (i % 100 === 7 ? ['broken \u001b[2J', line] : [line]));
    await put('broken.log', broken.join('\r\n'));
    const ran = await replay(['--log', 'broken.log', ...args]);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('15 of 1515 lines are no requests in this format and were passed over');
    expect(ran.err).toContain('  8: it does not begin with host, ident and user: broken \\u001b[2J\n');
    expect(ran.err.match(/^ {2}\d+: /gm)).toHaveLength(5);
    expect(ran.out).toContain(' 1500 ');
  });

  it('with all lines is an error that names the other format', async () => {
    await put('common.log', requests.map(lineOf).join('\n'));
    const ran = await replay(['--log', 'common.log', ...args]);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('None of the 1500 lines of common.log is a request in the format combined.');
    expect(ran.err).toContain('Try --format common');
    expect((await told('--log', 'common.log', ...args, '--format', 'common')).calls).toBe(1500);
  });

  it('with the file is told', async () => {
    expect(await replay(['--log', 'gone.log', ...args])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Cannot read gone.log (ENOENT)'),
    });
    await put('cut.gz', gzipSync(log).subarray(0, 500));
    expect(await replay(['--log', 'cut.gz', ...args])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Cannot read cut.gz'),
    });
    await put('empty.log', '');
    expect((await told('--log', 'empty.log', ...args)).calls).toBe(0);
    await put('byte.log', Buffer.of(0x1f));
    expect((await replay(['--log', 'byte.log', ...args])).err).toContain('None of the 1 lines of byte.log');
  });

  it('with the rules is told place by place', async () => {
    await put('wrong.json', JSON.stringify({ a: { ...perAddress, limit: -1 }, b: { kind: 'limt' } }));
    const ran = await replay(['--log', 'access.log', '--rules', 'wrong.json']);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toMatch(/a\.limit: /);
    expect(ran.err).toMatch(/b\.kind: /);
    for (const text of ['[]', '{}', 'just text', '{"a": 1}', '{"a": ']) {
      await put('wrong.json', text);
      const refused = await replay(['--log', 'access.log', '--rules', 'wrong.json']);
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('could not be read as rules') });
    }
  });

  it('that no request is about are named: they block none because none is theirs', async () => {
    const about = (value: string, more: object = {}) => ({
      ...perAddress,
      resource: { match: 'exact', value, type: 'web', ...more },
    });
    await put(
      'apart.json',
      JSON.stringify({
        theirs: about('/*'),
        orders: about('POST /orders'),
        calls: about('/*', { type: 'rpc' }),
        off: { ...about('POST /pay'), mode: 'off' },
      }),
    );
    const args = ['--log', 'access.log', '--rules', 'apart.json', '--resource-from', '/*'];
    const ran = await replay(args);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(
      'No request is of a resource that orders, calls is about, so nothing is known of it. Requests are named like "/*" here',
    );
    expect((await replay([...args, '--lang', 'zh'])).err).toContain('没有请求属于 orders, calls 的资源');
  });

  it('with what a log cannot tell is said', async () => {
    const concurrency = {
      kind: 'limit',
      algorithm: 'concurrency',
      max: 1,
      resource: perAddress.resource,
      mode: 'monitor',
    };
    const origin = {
      kind: 'access',
      effect: 'deny',
      by: 'origin',
      values: ['x'],
      resource: perAddress.resource,
      mode: 'intercept',
    };
    await put('silent.json', JSON.stringify({ concurrency, origin }));
    const ran = await replay(['--log', 'access.log', '--rules', 'silent.json', '--resource-from', '/*']);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('does not tell origin:');
    expect(ran.err).toContain('so concurrency is not really tried');
  });

  it.each([
    [[]],
    [['--log', 'access.log']],
    [['shop', '--log', 'access.log', '--rules', 'client.json']],
    [['shop', '--format', 'common']],
    [['--log', 'access.log', '--rules', 'client.json', '--namespace', 'guard']],
    [['--log', 'access.log', '--rules', 'client.json', '--format', 'nginx']],
    [['--log', 'access.log', '--rules', 'client.json', '--key', 'cookie']],
    [['--log', 'access.log', '--rules', 'client.json', '--resource-from', 'books']],
  ])('with the command line is 2: %j', async (argv) => {
    expect(await replay(argv)).toMatchObject({ code: 2, out: '' });
  });
});
