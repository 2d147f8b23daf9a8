import { describe, expect, it } from '@jest/globals';
import type { Json } from '@sluice/core';
import { dateTime } from '../../lib/format.ts';
import { en } from '../../lib/i18n/guard/en.ts';
import { zh } from '../../lib/i18n/guard/zh.ts';
import { sentenceOf } from './sentence.ts';

const rule = {
  kind: 'limit',
  algorithm: 'slidingWindow',
  resource: { match: 'exact', value: 'GET /books/:id' },
  mode: 'intercept',
  limit: 5,
  windowMs: 1000,
};
const degrade = { ...rule, kind: 'degrade', share: 0.2, onBlock: { answer: 'http', status: 503 } };
const deny = { ...rule, kind: 'access', by: 'origin', effect: 'deny', values: ['batch'] };

describe('a rule as a sentence', () => {
  it('says who gets the answer', () => {
    expect(sentenceOf(deny, en)).toBe(
      'refuse callers whose origin is one of batch; a refused caller gets BlockedError',
    );
    expect(sentenceOf(degrade, en)).toBe('answer without calling, 20 % of the calls; the answer is HTTP 503');
    expect(sentenceOf(deny, zh)).toBe('拒绝来源属于 batch 的调用方；被拒绝的调用方得到 BlockedError');
    expect(sentenceOf(degrade, zh)).toBe('不调用，直接应答，占调用的 20 %；应答为 HTTP 503');
    const error = (message?: string) => ({
      ...deny,
      onBlock: { answer: 'error', ...(message && { message }) },
    });
    expect(sentenceOf(error('no'), en)).toContain('gets the error "no"');
    expect(sentenceOf(error(), en)).toMatch(/gets an error$/);
  });

  it('tells an answer from the words around it', () => {
    const answers = (value?: Json) => ({
      ...degrade,
      onBlock: { answer: 'value', ...(value !== undefined && { value }) },
    });
    expect(sentenceOf(answers('unknown'), en)).toMatch(/; the answer is "unknown"$/);
    expect(sentenceOf(answers(''), en)).toMatch(/; the answer is ""$/);
    expect(sentenceOf(answers({ copies: 0 }), en)).toMatch(/; the answer is \{"copies":0\}$/);
    expect(sentenceOf(answers(), en)).toMatch(/; the answer is …$/);
    expect(sentenceOf(answers('unknown'), zh)).toMatch(/；应答为 "unknown"$/);
  });

  it('says which calls it is about', () => {
    const origin: Json = { on: 'origin', op: 'equals', value: 'web' };
    const when: Json = {
      and: [
        origin,
        {
          or: [
            { on: 'header', name: 'x-tier', op: 'in', values: ['a', 'b'] },
            { on: 'tag', name: 'zone', op: 'exists', value: false },
          ],
        },
        { not: { on: 'argument', index: 0, path: 'user.id', op: 'atLeast', value: 7 } },
      ],
    };
    expect(sentenceOf({ ...rule, when }, en)).toBe(
      'let at most 5 calls through in any 1 s, only where origin is web and (header x-tier is one of a, b or tag zone is not there) and not (argument 0.user.id is at least 7); a refused caller gets BlockedError',
    );
    expect(sentenceOf({ ...rule, when: origin }, zh)).toContain('，仅针对 来源 等于 web 的调用；');
  });

  it('counts the tests of a long condition', () => {
    const when = {
      or: Array.from({ length: 30 }, (_, i) => ({ on: 'origin', op: 'equals', value: `caller-${i}` })),
    };
    expect(sentenceOf({ ...rule, when }, en)).toContain(', only where 30 conditions hold;');
  });

  it('says when it is in force', () => {
    const effective = { from: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z' };
    expect(sentenceOf({ ...rule, effective }, en)).toContain(
      `, from ${dateTime(effective.from)} on, until ${dateTime(effective.until)};`,
    );
    expect(sentenceOf({ ...rule, effective: { until: effective.until } }, zh)).toContain(
      `，至 ${dateTime(effective.until)} 止；`,
    );
  });

  it('says by what calls are counted, and that some have a limit of their own', () => {
    const per = { by: 'argument', index: 0, path: 'user.id', overrides: { vip: 100 } };
    expect(sentenceOf({ ...rule, per }, en)).toContain(
      ', for each argument 0.user.id (1 value has a limit of its own);',
    );
    expect(sentenceOf({ ...rule, per }, zh)).toContain('，按参数 0.user.id（1 个值另有上限）；');
  });

  it('counts one in the singular', () => {
    expect(sentenceOf({ ...rule, limit: 1 }, en)).toContain('let at most 1 call through');
    expect(sentenceOf({ ...rule, limit: 21 }, en)).toContain('let at most 21 calls through');
  });
});
