import { isName, type Json, jsonProblem, limits } from '@sluice/core';
import { z } from 'zod';
import { failure, type ScriptFailure } from './failure.ts';
import type { RawResult } from './job.ts';
import { resultList, type ScriptEntry, type ScriptResult } from './messages.ts';

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
  if (result[0] === 2) return { ok: false, failure: badResult(noData[result[1]]) };
  const [, reason, line, column] = result;
  return { ok: false, failure: failure('threw', { reason }, { line, column }) };
}

const noData = {
  nothing: 'nothing, or what is no data',
  size: 'more than a script may answer: 4,096 characters for decide, 65,536 otherwise',
  promise: 'a promise, and nobody waits for it',
} as const;

/** What an answer of each role has to be. */
const wanted: Readonly<Record<ScriptEntry, string>> = {
  decide: 'it has to be "pass", "block" or { block, reason, retryAfterMs }',
  policy: 'it has to be { rule: { limit } }, or max or threshold in its place',
  fallback: 'it has to be plain data, at most 32 deep',
};

export const badResult = (reason: string): ScriptFailure => failure('bad_result', { reason });

/** Data, but none that the role allows. */
export const misfitResult = (entry: ScriptEntry): ScriptFailure => badResult(wanted[entry]);

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
