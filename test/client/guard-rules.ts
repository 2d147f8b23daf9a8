import type { Content, Json, Rule, Rules } from '@sluice/core';
import type { WireNamespace } from '@sluice/protocol/client';
import { wireLayer, wireNamespace } from '../../libs/client/src/testing/wire-namespace.ts';

export const pay = { match: 'exact', value: 'pay' } as const;

/** At most so many calls of `pay` a second. */
export const limitOf = (limit: number, more: Partial<Rule> = {}): Rule =>
  ({
    kind: 'limit',
    resource: pay,
    mode: 'intercept',
    algorithm: 'tokenBucket',
    limit,
    intervalMs: 1000,
    ...more,
  }) as Rule;

/** Opens after two errors in a row, for five seconds. */
export const breaker = (more: Partial<Rule> = {}): Rule =>
  ({
    kind: 'breaker',
    resource: pay,
    mode: 'intercept',
    strategy: 'consecutiveErrors',
    threshold: 2,
    minCalls: 1,
    windowMs: 10_000,
    openMs: 5000,
    ...more,
  }) as Rule;

/** A `rules` namespace of one global layer. Odd rules are as welcome as sound ones. */
export function wireRules(
  name: string,
  rules: Rules | Readonly<Record<string, Rule | Json>>,
  revision: number,
  more: Partial<WireNamespace> = {},
): WireNamespace {
  const content = { kind: 'rules', items: rules } as unknown as Content;
  return wireNamespace(name, [wireLayer(content, { revision, release: revision })], { revision, ...more });
}
