import { isIpRange, systemSignals } from '@sluice/core';
import { z } from 'zod';
import { breakerRule } from './breaker-rule.ts';
import { fieldName } from './condition.ts';
import { limitRule } from './limit-rule.ts';
import { base, degrade, share } from './rule-parts.ts';
import { scriptRule } from './script-rule.ts';
import { text } from './text.ts';

const degradeRule = z.strictObject({
  ...base,
  kind: z.literal('degrade'),
  share: share.optional(),
  onBlock: degrade,
});

const isShare = (signal: (typeof systemSignals)[number]): boolean =>
  signal === 'cpu' || signal === 'eventLoopUtilisation';

const systemRule = z
  .strictObject({
    ...base,
    kind: z.literal('system'),
    signal: z.enum(systemSignals),
    threshold: z.number().positive(),
    fullAt: z.number().positive().optional(),
  })
  .superRefine(({ signal, threshold, fullAt }, context) => {
    const fault = (path: string, message: string, zh: string): void =>
      context.addIssue({ code: 'custom', path: [path], message, params: { problem: 'range', zh } });
    for (const [path, value] of [['threshold', threshold] as const, ['fullAt', fullAt] as const])
      if (isShare(signal) && value !== undefined && value > 1)
        fault(path, `must be at most 1: ${signal} is a share`, `不能大于 1：${signal} 是比例`);
    if (fullAt !== undefined && fullAt <= threshold)
      fault('fullAt', 'must be above threshold', '必须大于 threshold');
  });

const values = z.array(text(256).min(1)).min(1).max(1000);
const address = text(64).refine(isIpRange, {
  message: 'must be an IP address or a range such as 10.0.0.0/8',
  params: { problem: 'value', zh: '应为 IP 地址或网段，例如 10.0.0.0/8' },
});
const access = { ...base, kind: z.literal('access'), effect: z.enum(['allow', 'deny']) };
const accessRule = z.discriminatedUnion('by', [
  z.strictObject({ ...access, by: z.literal('origin'), values }),
  z.strictObject({ ...access, by: z.literal('ip'), values: z.array(address).min(1).max(1000) }),
  z.strictObject({ ...access, by: z.literal('tag'), tag: fieldName, values }),
]);

/** A fault outlives nobody who watches it: it is sent to instances and renewed, and lies nowhere. */
const noFault = z.looseObject({ kind: z.literal('fault') }).refine(() => false, {
  path: ['kind'],
  message: 'cannot be "fault" here: faults run in drills, which end by themselves',
  params: { problem: 'value', zh: '此处不能是 "fault"：故障只能在演练中运行，演练会自动结束' },
});

/** One protection rule, as it lies in a `rules` namespace under its id. */
export const rule = z.discriminatedUnion('kind', [
  limitRule,
  breakerRule,
  degradeRule,
  systemRule,
  accessRule,
  noFault,
  scriptRule,
]);
