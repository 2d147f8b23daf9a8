import { z } from 'zod';

const v = z.int().min(0);
const cpuMs = z.number().min(0).max(3_600_000);
const place = { line: z.int().optional(), column: z.int().optional() };

/** What keeps a source from running: it doesn't parse or throws at once, has no such function, or doesn't end. */
const problem = z.object({
  kind: z.enum(['compile', 'entry', 'timeout', 'memory', 'rejected']),
  message: z.string().max(2000).optional(),
  ...place,
});
export type SourceProblem = Readonly<z.infer<typeof problem>>;

/** What the child says. It runs what others wrote, so nothing of it is believed unseen. */
const fromChild = z.discriminatedUnion('t', [
  z.object({ t: z.literal('ready'), node: z.string().max(100) }),
  z.object({ t: z.literal('cannot'), reason: z.string().max(1000) }),
  /** A version was made ready, for the first time or after a fault. */
  z.object({ t: z.literal('loaded'), v, problem: problem.optional() }),
  /** The results of the next `n` calls. */
  z.object({ t: z.literal('out'), v, n: z.int().min(1).max(64), out: z.string(), cpuMs }),
  /** The next call failed as a whole; a `loaded` follows, but not after `absent`. */
  z.object({ t: z.literal('fault'), v, fault: z.enum(['timeout', 'memory', 'rejected', 'absent']), cpuMs }),
  /** What is at the head, a call or a load, is done once more, for it was held up; it has `patience` times as long. */
  z.object({ t: z.literal('again'), v, patience: z.int().min(1).max(5) }),
]);
export type FromChild = z.infer<typeof fromChild>;
export const childFrame = z.array(fromChild).max(10_000);

export type ScriptEntry = 'decide' | 'policy' | 'fallback';

/** What the child is told. Everything is answered in the order in which it was asked. */
export type ToChild =
  | { readonly t: 'load'; readonly v: number; readonly entry: ScriptEntry; readonly source: string }
  | { readonly t: 'unload'; readonly v: number }
  | { readonly t: 'run'; readonly v: number; readonly timeoutMs: number; readonly calls: readonly string[] };

const result = z.union([
  z.tuple([z.literal(1), z.unknown()]),
  z.tuple([z.literal(0), z.string()]),
  z.tuple([z.literal(0), z.string(), z.int(), z.int()]),
  z.tuple([z.literal(2), z.enum(['nothing', 'size', 'promise'])]),
]);
/** Results as the isolate wrote them: an answer, what was thrown, or why an answer is none. */
export const resultList = z.array(result);
export type ScriptResult = z.infer<typeof result>;
