import type { Rule } from '../model/rule.ts';
import { applies, compileRules } from './compile.ts';
import { atOnce, type InSteps } from './in-steps.ts';
import { keyOf } from './input-of.ts';
import { replaySteps } from './replay.ts';
import { type ReplayCall, type WallOffset, wallOffsetOf } from './replay-run.ts';
import { durationQuantile } from './typical-durations.ts';

export interface PredictOptions {
  readonly seed: number;
  readonly wallOffsetMs: WallOffset;
  /**
   * How many calls a recorded one of this instance stands for, 1 when absent: busy instances record a part of theirs.
   * Of undefined: one of all instances together.
   */
  readonly sampledBy?: (instance: string | undefined) => number;
  /** The rule for a recording of one call in `sampledBy`; needed with that. */
  readonly scaled?: (rule: Rule, sampledBy: number) => Rule;
  /** How many of all calls one of `calls` stands for, as many as of its instance when absent. */
  readonly weightOf?: (call: ReplayCall) => number;
}

/** Calls of one value of something. */
export interface PredictedPart {
  /** Empty: calls that lack it. */
  readonly value: string;
  readonly calls: number;
  readonly wouldBlock: number;
  /** Of the would-blocks: succeeded, and as fast as 95 of 100 calls of their resource. */
  readonly healthy: number;
}

/** What a rule in `intercept` would have made of recorded calls. */
export interface Prediction {
  /** Calls that the rule is about; everything else is counted among these. */
  readonly calls: number;
  readonly wouldBlock: number;
  /** Of all calls, recorded or not, as far as the recording tells. */
  readonly share: number;
  readonly healthy: number;
  /** By minute, as milliseconds since 1970, in order; minutes without calls are absent. */
  readonly byMinute: readonly {
    readonly atMs: number;
    readonly calls: number;
    readonly wouldBlock: number;
  }[];
  /** Most blocked first, at most 20 each. `byKey` only of a limit that counts by a key. */
  readonly byOrigin: readonly PredictedPart[];
  readonly byKey: readonly PredictedPart[];
  readonly byInstance: readonly PredictedPart[];
}

/** Kinds of rules that a recording says enough of: it has no readings of the process, and scripts run elsewhere. */
export const predictable: ReadonlySet<Rule['kind']> = new Set(['limit', 'breaker', 'degrade', 'access']);

const partsShown = 20;
const minuteMs = 60_000;
const id = 'rule';
/** Calls that are looked at from one yield to the next. */
const stride = 32;

/** The rule by itself and in force, and the calls that it is about. */
export function* prepared(
  rule: Rule,
  calls: readonly ReplayCall[],
  wallOffsetMs: WallOffset,
): InSteps<{ inForce: Rule; concerned: readonly ReplayCall[]; counted: readonly ReplayCall[] }> {
  const inForce: Rule = { ...rule, mode: 'intercept' };
  const set = compileRules({ [id]: inForce }, 0, 0);
  const compiled = set.byId.get(id)!;
  const about = new Map<string, boolean>();
  const concerned: ReplayCall[] = [];
  for (const [n, call] of calls.entries()) {
    const address = `${call.type} ${call.resource}`;
    const named = about.get(address) ?? set.rulesOf(call.resource, call.type).length > 0;
    about.set(address, named);
    if (named && applies(compiled, call.inputs, call.atMs + wallOffsetOf(wallOffsetMs, call)))
      concerned.push(call);
    if (n % stride === 0) yield undefined;
  }
  // A limit of the whole cluster counts all instances together.
  const isShared = rule.kind === 'limit' && rule.scope === 'cluster';
  const counted = isShared ? concerned.map(({ instance: _, ...call }) => call) : concerned;
  return { inForce, concerned, counted };
}

/** How much of something a replay blocks: of all calls, those too that weren't recorded. */
export function shareOf(
  blocks: (index: number) => boolean,
  calls: readonly ReplayCall[],
  { sampledBy, weightOf }: PredictOptions,
): number {
  let [all, blocked] = [0, 0];
  for (const [index, call] of calls.entries()) {
    const weight = weightOf?.(call) ?? sampledBy?.(call.instance) ?? 1;
    all += weight;
    if (blocks(index)) blocked += weight;
  }
  return all === 0 ? 0 : blocked / all;
}

/** Which calls the rule blocks, each instance counting as much less as it recorded less. */
export function* blockedBy(
  rule: Rule,
  calls: readonly ReplayCall[],
  { seed, wallOffsetMs, sampledBy, scaled }: PredictOptions,
): InSteps<Uint8Array> {
  const blocked = new Uint8Array(calls.length);
  const rulesOf = (instance: string | undefined) => ({
    [id]: sampledBy && scaled ? scaled(rule, sampledBy(instance)) : rule,
  });
  yield* replaySteps(
    calls,
    { [id]: rule },
    {
      seed,
      wallOffsetMs,
      rulesOf,
      sampledBy,
      onDecision: (index, verdict) => {
        if (verdict === 'block') blocked[index] = 1;
      },
    },
  );
  return blocked;
}

/** What the rule would have blocked, by the engine that would do it. */
export function predict(rule: Rule, calls: readonly ReplayCall[], options: PredictOptions): Prediction {
  return atOnce(predictSteps(rule, calls, options));
}

/** The same in short steps, for whoever has others to serve. */
export function* predictSteps(
  rule: Rule,
  calls: readonly ReplayCall[],
  options: PredictOptions,
): InSteps<Prediction> {
  const { inForce, concerned, counted } = yield* prepared(rule, calls, options.wallOffsetMs);
  const blocked = yield* blockedBy(inForce, counted, options);
  const fastMs = durationQuantile(concerned, 0.95, Number.POSITIVE_INFINITY);
  const key = keyReader(rule);
  const [origins, keys, instances] = [new Parts(), new Parts(), new Parts()];
  const minutes = new Map<number, { atMs: number; calls: number; wouldBlock: number }>();
  let [wouldBlock, healthy] = [0, 0];
  for (const [index, call] of concerned.entries()) {
    const isBlocked = blocked[index] === 1;
    const isHealthy =
      isBlocked &&
      call.outcome === 'success' &&
      (call.durationMs ?? Number.POSITIVE_INFINITY) <= fastMs(call);
    if (isBlocked) wouldBlock += 1;
    if (isHealthy) healthy += 1;
    origins.add(call.inputs.origin ?? '', isBlocked, isHealthy);
    instances.add(call.instance ?? '', isBlocked, isHealthy);
    if (key) keys.add(key(call), isBlocked, isHealthy);
    const atMs = Math.floor((call.atMs + wallOffsetOf(options.wallOffsetMs, call)) / minuteMs) * minuteMs;
    const minute = minutes.get(atMs) ?? { atMs, calls: 0, wouldBlock: 0 };
    minutes.set(atMs, minute);
    minute.calls += 1;
    if (isBlocked) minute.wouldBlock += 1;
    if (index % stride === 0) yield undefined;
  }
  return {
    calls: concerned.length,
    wouldBlock,
    share: shareOf((index) => blocked[index] === 1, concerned, options),
    healthy,
    byMinute: [...minutes.values()].sort((a, b) => a.atMs - b.atMs),
    byOrigin: origins.most(),
    byKey: keys.most(),
    byInstance: instances.most(),
  };
}

function keyReader(rule: Rule): ((call: ReplayCall) => string) | undefined {
  if (rule.kind !== 'limit' || rule.per === undefined || rule.per.by === 'instance') return undefined;
  const read = keyOf(rule.per);
  return ({ inputs }) => read(inputs);
}

/** Values that are told apart; those after them are counted in the sum only. */
const maxValues = 10_000;

class Parts {
  readonly #byValue = new Map<
    string,
    { value: string; calls: number; wouldBlock: number; healthy: number }
  >();

  add(value: string, isBlocked: boolean, isHealthy: boolean): void {
    let part = this.#byValue.get(value);
    if (!part) {
      if (this.#byValue.size >= maxValues) return;
      part = { value, calls: 0, wouldBlock: 0, healthy: 0 };
      this.#byValue.set(value, part);
    }
    part.calls += 1;
    if (isBlocked) part.wouldBlock += 1;
    if (isHealthy) part.healthy += 1;
  }

  most(): PredictedPart[] {
    return [...this.#byValue.values()]
      .sort((a, b) => b.wouldBlock - a.wouldBlock || b.calls - a.calls)
      .slice(0, partsShown);
  }
}
