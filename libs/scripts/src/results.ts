import { isName, type Json, jsonProblem, limits } from '@sluice/core';
import { z } from 'zod';
import { failure } from './failure.ts';
import type { RawResult } from './job.ts';
import { resultList, type ScriptResult } from './messages.ts';

/** The results of `n` calls in the text that the isolate wrote; undefined when it is anything else. */
export function readResults(text: string, n: number): RawResult[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = resultList.safeParse(parsed);
  return list.success && list.data.length === n ? list.data.map(rawOf) : undefined;
}

function rawOf(result: ScriptResult): RawResult {
  if (result[0] === 1) return { ok: true, value: result[1] };
  if (result[0] === 2) return { ok: false, failure: badResult(result[1]) };
  const [, reason, line, column] = result;
  return { ok: false, failure: failure('threw', { reason }, { line, column }) };
}

export function badResult(reason: string) {
  return failure('bad_result', { reason });
}

const verdict = z.union([
  z.literal(['pass', 'block']),
  z.strictObject({ block: z.literal(false) }),
  z.strictObject({
    block: z.literal(true),
    reason: z.string().max(200).optional(),
    retryAfterMs: z.int().min(0).max(86_400_000).optional(),
  }),
]);

/** What a `decide` script rules on a call. */
export type Verdict =
  | { readonly pass: true }
  | { readonly pass: false; readonly reason?: string; readonly retryAfterMs?: number };

const passes: Verdict = { pass: true };
const blocks: Verdict = { pass: false };

/** Reads `'pass'`, `'block'`, `{ block: true, reason, retryAfterMs }` or `{ block: false }`. */
export const decideResult = verdict.transform((value): Verdict => {
  if (typeof value === 'string') return value === 'pass' ? passes : blocks;
  if (!value.block) return passes;
  const { reason, retryAfterMs } = value;
  return {
    pass: false,
    // Its author's text goes to callers and to terminals.
    ...(reason !== undefined && { reason: reason.toWellFormed().replace(/\p{Cc}/gu, ' ') }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
});

const amount = z.number().min(0).max(1e9);
/** One number: a rule has one that can be set while it counts on. */
const setting = z.union([
  z.strictObject({ limit: amount }),
  z.strictObject({ max: z.int().min(0).max(1_000_000) }),
  z.strictObject({ threshold: amount }),
]);

/** What a `policy` script sets for another rule: a limit, the most calls under way, or a breaker's threshold. */
export type PolicySetting = Readonly<z.infer<typeof setting>>;

const mostSettings = 1000;
const isRuleId = (id: string): boolean => id.split('/').length <= 2 && id.split('/').every(isName);

/** Settings by the keys of rules of the same namespace, or by `namespace/key`. */
export const policyResult = z
  .record(z.string().refine(isRuleId), setting)
  .refine((all) => Object.keys(all).length <= mostSettings);
export type PolicySettings = Readonly<Record<string, PolicySetting>>;

/** What a `fallback` script answers in place of the call: any plain data. */
export const fallbackResult = z.custom<Json>((value) => jsonProblem(value, limits.jsonDepth) === undefined);
