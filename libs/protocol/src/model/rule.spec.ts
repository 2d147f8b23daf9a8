import { describe, expect, it } from '@jest/globals';
import { faultsOf } from './faults.ts';
import { rule } from './rule.ts';

const resource = { match: 'exact', value: 'GET /books/:id' };
const base = { resource, mode: 'monitor' };
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
  },
  degrade: { ...base, kind: 'degrade', share: 0.1, onBlock: { answer: 'value', value: { books: [] } } },
  system: { ...base, kind: 'system', signal: 'eventLoopLagMs', threshold: 100 },
  access: { ...base, kind: 'access', effect: 'deny', by: 'ip', values: ['10.0.0.1'] },
};
const check = (value: unknown): string[] => {
  const parsed = rule.safeParse(value, { reportInput: true });
  return parsed.success ? [] : faultsOf(parsed.error).map((f) => `${f.path} ${f.problem}`);
};

describe('rule', () => {
  it.each(Object.entries(valid))('takes %s, and gives back what it was given', (_, value) => {
    expect(rule.parse(value)).toEqual(value);
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
    [
      'a time that is not one',
      { ...valid.system, effective: { until: 'tomorrow' } },
      'effective.until value',
    ],
    ['an unknown algorithm', { ...valid.tokenBucket, algorithm: 'magic' }, 'algorithm value'],
    ['an unknown kind', { ...base, kind: 'guess' }, 'kind value'],
    ['no kind', base, 'kind value'],
  ])('refuses %s and names the field', (_, value, fault) => {
    expect(check(value)).toContain(fault);
  });
});
