import { describe, expect, it } from '@jest/globals';
import type { Json, Rule } from '@sluice/core';
import type { z } from 'zod';
import { faultRule } from './fault-rule.ts';
import { faultsOf } from './faults.ts';
import { rule } from './rule.ts';

const resource = { match: 'exact', value: 'GET /books/:id' };
const base = { resource, mode: 'monitor' };
const fault = { ...base, kind: 'fault', perMillion: 1000, deadline: '2026-01-31T12:00:00Z' };
const valid = {
  tokenBucket: { ...base, kind: 'limit', algorithm: 'tokenBucket', limit: 100, intervalMs: 1000, burst: 20 },
  leakyBucket: {
    ...base,
    kind: 'limit',
    algorithm: 'leakyBucket',
    limit: 0.5,
    intervalMs: 1000,
    maxQueueMs: 0,
  },
  slidingWindow: { ...base, kind: 'limit', algorithm: 'slidingWindow', limit: 10, windowMs: 60_000 },
  concurrency: { ...base, kind: 'limit', algorithm: 'concurrency', max: 5, queue: 0 },
  warmUp: { ...base, kind: 'limit', algorithm: 'warmUp', limit: 10, warmUpSec: 30, coldFactor: 3 },
  errorRatio: {
    ...base,
    kind: 'breaker',
    strategy: 'errorRatio',
    threshold: 0.5,
    minCalls: 10,
    windowMs: 10_000,
    openMs: 5000,
  },
  slowCallRatio: {
    ...base,
    kind: 'breaker',
    strategy: 'slowCallRatio',
    threshold: 1,
    slowMs: 200,
    minCalls: 1,
    windowMs: 1000,
    openMs: 1000,
  },
  consecutiveErrors: {
    ...base,
    kind: 'breaker',
    strategy: 'consecutiveErrors',
    threshold: 5,
    minCalls: 5,
    windowMs: 1000,
    openMs: 1,
    backoff: { multiplier: 2, maxMs: 60_000 },
    forced: { state: 'open', until: '2026-01-31T12:00:00Z' },
  },
  degrade: { ...base, kind: 'degrade', share: 0.1, onBlock: { answer: 'value', value: { books: [] } } },
  system: { ...base, kind: 'system', signal: 'eventLoopLagMs', threshold: 100 },
  shedding: { ...base, kind: 'system', signal: 'cpu', threshold: 0.7, fullAt: 0.95 },
  access: { ...base, kind: 'access', effect: 'deny', by: 'ip', values: ['10.0.0.1', '2001:db8::/32'] },
  accessByTag: { ...base, kind: 'access', effect: 'allow', by: 'tag', tag: 'zone', values: ['a'] },
  perUser: {
    ...base,
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit: 10,
    intervalMs: 1000,
    per: { by: 'user', overrides: { vip: 100 }, maxKeys: 5000 },
    scope: 'cluster',
  },
  perArgument: {
    ...base,
    kind: 'limit',
    algorithm: 'concurrency',
    max: 1,
    queue: 5,
    maxQueueMs: 100,
    per: { by: 'argument', index: 0, path: 'user.id' },
  },
  conditional: {
    ...base,
    kind: 'limit',
    algorithm: 'slidingWindow',
    limit: 1,
    windowMs: 1000,
    when: {
      and: [
        { on: 'header', name: 'x-tier', op: 'in', values: ['free', 1, true] },
        {
          or: [
            { on: 'origin', op: 'prefix', value: 'web-' },
            { on: 'query', name: 'q', op: 'exists', value: false },
          ],
        },
        { not: { on: 'argument', index: 0, path: 'size', op: 'atLeast', value: 10 } },
        { on: 'tag', name: 'zone', op: 'glob', value: 'eu-*' },
      ],
    },
    effective: { from: '2026-01-31T12:00:00Z', until: '2026-01-31T13:00:00Z' },
    onBlock: { answer: 'script', ruleId: 'answer' },
  },
  glob: {
    ...base,
    resource: { match: 'glob', value: 'rpc:accounts.*' },
    kind: 'system',
    signal: 'heapBytes',
    threshold: 1e9,
  },
  delay: {
    ...fault,
    fault: 'delay',
    delay: {
      distribution: 'percentiles',
      points: [
        [50, 10],
        [99, 200.5],
      ],
    },
    seed: 7,
    drillId: 'd:1',
  },
  normalDelay: {
    ...fault,
    fault: 'delay',
    delay: { distribution: 'normal', meanMs: 5, stdDevMs: 1, maxMs: 9 },
  },
  error: { ...fault, fault: 'error', name: 'TimeoutError', message: 'no answer', code: 'ETIMEDOUT' },
  return: { ...fault, fault: 'return', value: null },
  abortHttp: { ...fault, fault: 'abort', protocol: 'http', status: 503, body: 'down' },
  abortGrpc: { ...fault, fault: 'abort', protocol: 'grpc', status: 14 },
  hang: { ...fault, fault: 'hang' },
  blockEventLoop: { ...fault, fault: 'blockEventLoop', ms: 50 },
  decide: {
    ...base,
    kind: 'script',
    role: 'decide',
    source: 'export function decide() { return "pass" }',
    inputs: ['origin', 'header:x-tier', 'args[0].user.id', 'stat.qps'],
    timeoutMs: 20,
    cacheMs: 1000,
    onError: 'lastGood',
  },
  policy: { ...base, kind: 'script', role: 'policy', source: 'export function policy() {}', everyMs: 1000 },
};

type Frozen<T> = Json extends T
  ? T
  : T extends readonly unknown[] | object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
type Full<T> = Json extends T
  ? T
  : T extends readonly unknown[] | object
    ? { readonly [K in keyof T]-?: Full<T[K]> }
    : T;
type Both<A, B> = [A] extends [B] ? ([B] extends [A] ? true : 'the second says more') : 'the first says more';
type Lying = Exclude<z.output<typeof rule>, { kind: 'fault' }>;
type Parsed = Frozen<Lying | z.output<typeof faultRule>>;

/** Faults lie in no namespace: they are looked at by themselves. */
const shapeOf = (value: unknown) => ((value as { kind?: unknown }).kind === 'fault' ? faultRule : rule);

const check = (value: unknown): string[] => {
  const parsed = shapeOf(value).safeParse(value, { reportInput: true });
  return parsed.success ? [] : faultsOf(parsed.error).map((f) => `${f.path} ${f.problem}`);
};

describe('rule', () => {
  it('has the fields of the type, and the same of them may be left out', () => {
    const same: [Both<Parsed, Rule>, Both<Full<Parsed>, Full<Rule>>] = [true, true];
    expect(same).toEqual([true, true]);
  });

  it.each(Object.entries(valid))('takes %s, and gives back what it was given', (_, value) => {
    expect(shapeOf(value).parse(value)).toEqual(value);
  });

  it.each<[string, object, string]>([
    ['a limit of nothing', { ...valid.tokenBucket, limit: 0 }, 'limit range'],
    ['a time below zero', { ...valid.slidingWindow, windowMs: -1 }, 'windowMs range'],
    ['a fraction of a millisecond', { ...valid.slidingWindow, windowMs: 0.5 }, 'windowMs type'],
    ['a ratio above one', { ...valid.errorRatio, threshold: 50 }, 'threshold range'],
    ['a field of another algorithm', { ...valid.concurrency, windowMs: 5 }, 'windowMs unknown'],
    ['a mode that is not one', { ...valid.system, mode: 'on' }, 'mode value'],
    ['no resource', { ...valid.system, resource: undefined }, 'resource required'],
    [
      'an empty resource',
      { ...valid.system, resource: { match: 'exact', value: '' } },
      'resource.value range',
    ],
    ['no values', { ...valid.access, values: [] }, 'values range'],
    ['a degrade rule that does not say how', { ...valid.degrade, onBlock: undefined }, 'onBlock required'],
    ['an answer that is not one', { ...valid.degrade, onBlock: { answer: 'shrug' } }, 'onBlock.answer value'],
    [
      'an HTTP status that is not one',
      { ...valid.degrade, onBlock: { answer: 'http', status: 99 } },
      'onBlock.status range',
    ],
    ...[204, 205, 304].map((status): [string, object, string] => [
      `a body where the status ${status} has none`,
      { ...valid.degrade, onBlock: { answer: 'http', status, body: 'x' } },
      'onBlock.body value',
    ]),
    ...['text/plain\r\nx: y', '限', 'text/\u007f'].map((contentType): [string, object, string] => [
      `the content type ${JSON.stringify(contentType)}, which is no value of a header`,
      { ...valid.degrade, onBlock: { answer: 'http', status: 503, contentType } },
      'onBlock.contentType value',
    ]),
    [
      'a time that is not one',
      { ...valid.system, effective: { until: 'tomorrow' } },
      'effective.until value',
    ],
    ['an unknown algorithm', { ...valid.tokenBucket, algorithm: 'magic' }, 'algorithm value'],
    ['an unknown kind', { ...base, kind: 'guess' }, 'kind value'],
    ['no kind', base, 'kind value'],
    ['a ratio of 1.1', { ...valid.errorRatio, threshold: 1.1 }, 'threshold range'],
    ['a ratio of nothing', { ...valid.slowCallRatio, threshold: 0 }, 'threshold range'],
    ['a window of nothing', { ...valid.slidingWindow, windowMs: 0 }, 'windowMs range'],
    ['half a call in a window', { ...valid.slidingWindow, limit: 0.5 }, 'limit range'],
    ['what is no number', { ...valid.tokenBucket, limit: Number.NaN }, 'limit type'],
    ['infinity', { ...valid.tokenBucket, limit: Number.POSITIVE_INFINITY }, 'limit type'],
    ['a limit below zero', { ...valid.warmUp, limit: -1 }, 'limit range'],
    ['an unknown field', { ...valid.glob, treshold: 1 }, 'treshold unknown'],
    ['a fault without a deadline', { ...valid.hang, deadline: undefined }, 'deadline required'],
    ['a fault in more than all calls', { ...valid.hang, perMillion: 1_000_001 }, 'perMillion range'],
    [
      'percentiles that do not grow',
      {
        ...valid.delay,
        delay: {
          distribution: 'percentiles',
          points: [
            [50, 10],
            [50, 20],
          ],
        },
      },
      'delay.points range',
    ],
    [
      'a range upside down',
      { ...valid.delay, delay: { distribution: 'uniform', minMs: 2, maxMs: 1 } },
      'delay.maxMs range',
    ],
    ['a protocol that is not one', { ...valid.abortGrpc, protocol: 'smtp' }, 'protocol value'],
    ['a status of gRPC that is not one', { ...valid.abortGrpc, status: 503 }, 'status range'],
    ['what is no address', { ...valid.access, values: ['10.0.0.0/33'] }, 'values.0 value'],
    ['a tag without its name', { ...valid.accessByTag, tag: undefined }, 'tag required'],
    ['a share above one', { ...valid.shedding, fullAt: 1.5 }, 'fullAt range'],
    ['shedding upside down', { ...valid.shedding, fullAt: 0.5 }, 'fullAt range'],
    [
      'an end before the beginning',
      { ...valid.system, effective: { from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' } },
      'effective.until range',
    ],
    ['a key without its name', { ...valid.perUser, per: { by: 'header' } }, 'per.name required'],
    [
      'a header that is never found',
      { ...valid.perUser, per: { by: 'header', name: 'X-User' } },
      'per.name value',
    ],
    [
      'an override of nothing',
      { ...valid.perUser, per: { by: 'user', overrides: { vip: 0 } } },
      'per.overrides.vip range',
    ],
    [
      'a part of a permit for one key',
      { ...valid.perArgument, per: { by: 'user', overrides: { vip: 0.5 } } },
      'per.overrides.vip type',
    ],
    [
      'an answer of no script',
      { ...valid.conditional, onBlock: { answer: 'script' } },
      'onBlock.ruleId required',
    ],
    ['forced without an end', { ...valid.errorRatio, forced: { state: 'open' } }, 'forced.until required'],
    ['a condition of nothing', { ...valid.conditional, when: {} }, 'when.on value'],
    [
      'a condition that mixes forms',
      { ...valid.conditional, when: { and: [], on: 'origin' } },
      'when.and range',
    ],
    [
      'a test that is not one, deep inside',
      { ...valid.conditional, when: { not: { or: [{ on: 'origin', op: 'matches', value: 'x' }] } } },
      'when.not.or.0.op value',
    ],
    ['a script without source', { ...valid.policy, source: '' }, 'source range'],
    ['a script of no role', { ...valid.policy, role: 'guess' }, 'role value'],
    ['an input that nothing has', { ...valid.decide, inputs: ['process.env'] }, 'inputs.0 value'],
    ['a script that is told to run always', { ...valid.policy, everyMs: 0 }, 'everyMs range'],
  ])('refuses %s and names the field', (_, value, fault) => {
    expect(check(value)).toContain(fault);
  });

  it.each([
    '^GET /books/',
    'GET /books/\\d+',
    '/books/.*',
    '.*',
    'GET /(a|b)',
    '/books/[^/]+',
    'GET /books$',
    'a.+b',
  ])('refuses the regular expression %s where a glob is meant', (value) => {
    expect(check({ ...valid.glob, resource: { match: 'glob', value } })).toEqual(['resource.value value']);
    expect(check({ ...valid.glob, when: { on: 'origin', op: 'glob', value } })).toEqual(['when.value value']);
  });

  it.each(['GET /books/**', 'rpc:accounts.*', 'GET /odata/$metadata', 'GET /users/[id]', 'v?', 'GET /a/*/b'])(
    'takes the glob %s',
    (value) => {
      expect(check({ ...valid.glob, resource: { match: 'glob', value } })).toEqual([]);
    },
  );

  it('says in both languages why an HTTP answer cannot be sent', () => {
    const of = (http: object) => {
      const onBlock = { answer: 'http', status: 204, ...http };
      const parsed = rule.safeParse({ ...valid.degrade, onBlock }, { reportInput: true });
      return faultsOf(parsed.error ?? { issues: [] }).map(({ message, zh }) => [message, zh]);
    };
    expect(of({ body: '' })).toEqual([]);
    expect(of({ status: 200, contentType: 'text/plain; name="\u00fc"' })).toEqual([]);
    expect(of({ body: 'x' })).toEqual([
      ['must be empty: an answer of status 204 has no body', '必须为空：状态码 204 的响应没有正文'],
    ]);
    expect(of({ contentType: 'a\nb' })).toEqual([
      [
        expect.stringContaining('must be the value of a header'),
        expect.stringContaining('应为可用作响应头的值'),
      ],
    ]);
  });

  it('takes a script of 64 KiB and refuses one byte more, in UTF-8', () => {
    const source = (text: string) => check({ ...valid.policy, source: text });
    expect(source('a'.repeat(65_536))).toEqual([]);
    expect(source('a'.repeat(65_537))).toContain('source range');
    expect(source(`${'限'.repeat(21_845)}a`)).toEqual([]);
    expect(source('限'.repeat(21_846))).toEqual(['source range']);
    expect(source('😀'.repeat(16_384))).toEqual([]);
    expect(source(`${'😀'.repeat(16_384)}a`)).toEqual(['source range']);
  });

  it('refuses every fault, whole or not, and says where faults run', () => {
    for (const each of [valid.hang, valid.abortGrpc, { kind: 'fault' }]) {
      const parsed = rule.safeParse(each, { reportInput: true });
      expect(faultsOf(parsed.error ?? { issues: [] })).toEqual([
        {
          path: 'kind',
          problem: 'value',
          message: 'cannot be "fault" here: faults run in drills, which end by themselves',
          zh: '此处不能是 "fault"：故障只能在演练中运行，演练会自动结束',
        },
      ]);
    }
  });

  it('names no faults among the kinds that a rule may have', () => {
    const kinds = '"limit", "breaker", "degrade", "system", "access", "script"';
    for (const each of [{ kind: 'limt' }, {}]) {
      const [fault] = faultsOf(rule.safeParse({ ...base, ...each }, { reportInput: true }).error!);
      expect(fault).toMatchObject({ path: 'kind', message: `must be one of ${kinds}` });
      expect(fault!.zh).not.toContain('fault');
    }
  });

  it('refuses a condition that nests without end, and survives it', () => {
    const nested = (depth: number): unknown => {
      let when: unknown = { on: 'origin', op: 'equals', value: 'a' };
      for (let i = 0; i < depth; i++) when = { not: when };
      return { ...valid.system, when };
    };
    expect(check(nested(10))).toEqual([]);
    const joined = (form: 'and' | 'or', depth: number): unknown => {
      let when: unknown = { on: 'origin', op: 'in', values: ['a', 'b'] };
      for (let i = 0; i < depth; i++) when = { [form]: [when] };
      return { ...valid.system, when };
    };
    for (const depth of [1, 12])
      for (const rule of [nested(depth), joined('and', depth), joined('or', depth)])
        expect(check(rule)).toEqual([]);
    for (const rule of [nested(13), joined('and', 13), joined('or', 13)])
      expect(check(rule)).toEqual(['when depth']);
    expect(check(nested(100))).toEqual(['when depth']);
    expect(check(nested(100_000))).toEqual(['when depth']);
  });

  it('says what a name or an input has to look like in Chinese, too', () => {
    const said = (value: unknown) =>
      faultsOf(rule.safeParse(value, { reportInput: true }).error!).map(({ path, zh }) => [path, zh]);
    expect(said({ ...valid.tokenBucket, per: { by: 'header', name: 'X-Tier' } })).toEqual([
      ['per.name', '必须是小写'],
    ]);
    const script = { ...base, kind: 'script', role: 'decide', source: 'x', inputs: ['body'] };
    expect(said(script)).toEqual([
      [
        'inputs.0',
        '应为脚本输入，例如 origin、user、ip、header:x-tier、query:page、tag:zone、args[0].userId、stat.qps',
      ],
    ]);
  });
});
