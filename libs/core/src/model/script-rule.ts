import type { RuleBase } from './rule-base.ts';

/** What a script may take when its rule doesn't say. */
export const defaultScriptTimeoutMs = 50;
/** What it gets on top of its time before its process is killed, and a call before `onError` answers it. */
export const scriptGraceMs = 50;

/** What a script is for: to decide single calls, to set limits from statistics, or to compute an answer. */
export type ScriptRole =
  | { readonly role: 'decide'; readonly cacheMs?: number }
  | { readonly role: 'policy'; readonly everyMs: number }
  | { readonly role: 'fallback' };

/** A rule written in JavaScript. It sees the `inputs` that it names and nothing else, and runs outside the process. */
export type ScriptRule = RuleBase & {
  readonly kind: 'script';
  /** At most 64 KiB in UTF-8. */
  readonly source: string;
  /** `origin`, `user`, `ip`, `header:x-tier`, `query:page`, `tag:zone`, `args[0].userId`, `stat.qps`. */
  readonly inputs?: readonly string[];
  readonly timeoutMs?: number;
  /** What happens to a call when the script fails, is too slow or can't run here. `pass` when absent. */
  readonly onError?: 'pass' | 'block' | 'lastGood';
} & ScriptRole;
