import type { Rule } from '@sluice/core';
import type { ConfigDesk } from '../support/config-desk.ts';

/** Refuses every call of `pay` but the first in an hour, or does what is added. */
export const limitOfPay = (limit: number, more: object = {}): Rule =>
  ({
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit,
    intervalMs: 3_600_000,
    resource: { match: 'exact', value: 'pay' },
    mode: 'intercept',
    ...more,
  }) as Rule;

/** Nobody may pay. */
export const nobodyPays = (more: object = {}): Rule =>
  ({
    kind: 'degrade',
    resource: { match: 'exact', value: 'pay' },
    mode: 'intercept',
    onBlock: { answer: 'value', value: 'later' },
    ...more,
  }) as Rule;

/** Publishes these rules to everybody. */
export const publishRules = (desk: ConfigDesk, rules: Readonly<Record<string, Rule>>) =>
  desk.release('guard', { kind: 'rules', items: rules as never });
