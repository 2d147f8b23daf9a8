import { type Json, sameData } from '@sluice/core';
import type { ScriptOutcome } from '@sluice/protocol';
import { failureText, type TryResult } from '@sluice/scripts';

/** What came of a run, in the words of the protocol. */
export function outcomeOf(tried: TryResult): ScriptOutcome {
  const ms = Math.round(tried.tookMs * 1000) / 1000;
  if (tried.ok) return { result: tried.result as Json, ms };
  const { code, params, line, column } = tried.failure;
  const said = { code, params }; // where it was is told apart
  return {
    failure: {
      code,
      text: { en: failureText(said, 'en'), zh: failureText(said, 'zh') },
      ...(line !== undefined && { line }),
      ...(column !== undefined && { column }),
    },
    ms,
  };
}

/** Whether two runs answer differently, or one of them doesn't answer for another reason. */
export function isDifferent(one: ScriptOutcome, other: ScriptOutcome): boolean {
  if (one.failure || other.failure) return one.failure?.code !== other.failure?.code;
  return !sameData(one.result, other.result);
}
