import { resourceMatches, resourceTypes, ruleModes } from '@sluice/core';
import { z } from 'zod';
import { condition } from './condition.ts';
import { glob } from './glob.ts';
import { isHeaderValue, mayHaveBody } from './http-answer.ts';
import { json } from './json.ts';
import { moment, name } from './name.ts';
import { text } from './text.ts';

export const amount = z.number().positive().max(1e9);
export const milliseconds = z.int().positive().max(86_400_000);
export const count = z.int().positive().max(1_000_000);
/** From 0 to 1. */
export const share = z.number().min(0).max(1);
/** A share that something reaches: 0 would be reached by nothing at all. */
export const ratio = z.number().positive().max(1);

const [exact, prefix] = resourceMatches;
const type = z.enum(resourceTypes).optional();
/** Which resources a rule is about. */
export const resourceMatch = z.discriminatedUnion('match', [
  z.strictObject({ match: z.literal([exact, prefix]), value: text(256).min(1), type }),
  z.strictObject({ match: z.literal('glob'), value: glob(256), type }),
]);

const contentType = text(128).refine(isHeaderValue, {
  message: 'must be the value of a header such as text/plain: one line, without characters above U+00FF',
  params: {
    problem: 'value',
    zh: '应为可用作响应头的值，例如 text/plain：只有一行，且不含 U+00FF 以上的字符',
  },
});

const httpAnswer = z
  .strictObject({
    answer: z.literal('http'),
    status: z.int().min(200).max(599),
    body: text(65_536).optional(),
    contentType: contentType.optional(),
  })
  .superRefine(({ status, body = '' }, context) => {
    if (body === '' || mayHaveBody(status)) return;
    const params = { problem: 'value', zh: `必须为空：状态码 ${status} 的响应没有正文` };
    const message = `must be empty: an answer of status ${status} has no body`;
    context.addIssue({ code: 'custom', path: ['body'], message, params });
  });

/** What a caller gets when a rule refuses the call. */
export const degrade = z.discriminatedUnion('answer', [
  z.strictObject({ answer: z.literal('empty') }),
  z.strictObject({ answer: z.literal('value'), value: json }),
  z.strictObject({ answer: z.literal('error'), message: text(1000).optional() }),
  httpAnswer,
  z.strictObject({ answer: z.literal('fallback'), name: text(128).min(1) }),
  z.strictObject({ answer: z.literal('lastGood'), maxAgeMs: milliseconds.optional() }),
  z.strictObject({ answer: z.literal('script'), ruleId: name }),
]);

const effective = z
  .strictObject({ from: moment.optional(), until: moment.optional() })
  .refine(({ from, until }) => !from || !until || Date.parse(from) < Date.parse(until), {
    path: ['until'],
    message: 'must be after from',
    params: { problem: 'range', zh: '必须晚于 from' },
  });

/** What every rule says. */
export const base = {
  resource: resourceMatch,
  mode: z.enum(ruleModes),
  priority: z.int().min(0).max(1_000_000).optional(),
  description: text(1000).optional(),
  when: condition.optional(),
  effective: effective.optional(),
  onBlock: degrade.optional(),
};
