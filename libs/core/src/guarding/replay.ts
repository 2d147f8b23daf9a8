import type { Rules } from '../model/rule.ts';
import { clusterShares } from './cluster-shares.ts';
import { compileRules } from './compile.ts';
import { atOnce, type InSteps } from './in-steps.ts';
import {
  type ReplayCall,
  ReplayRun,
  type ReplayTotals,
  type ReplayVerdict,
  type WallOffset,
} from './replay-run.ts';
import { typicalDurations } from './typical-durations.ts';
import { placeOf } from './world.ts';

export interface ReplayOptions {
  /** Of everything that is left to chance: one for all, or each instance's own. That of the live guard gives what happened. */
  readonly seed: number | ((instance: string | undefined) => number);
  readonly wallOffsetMs: WallOffset;
  readonly revision?: number;
  /** The rules of one instance, where they aren't those of all. */
  readonly rulesOf?: (instance: string | undefined) => Rules;
  /** How many calls one of this instance stands for, 1 when absent: by that the limits of a cluster are divided. */
  readonly sampledBy?: ((instance: string | undefined) => number) | undefined;
  /**
   * Called once for each call, those of one instance in the order in which they are decided: its index, and the rules that refused it or,
   * under `wouldBlock`, would have.
   */
  readonly onDecision: (index: number, verdict: ReplayVerdict, rules: readonly string[]) => void;
}

/** Calls of one instance from one yield to the next. */
const stride = 8;

/**
 * Decides calls once more, by the engine that decides them live, under these rules: the same calls, rules and seed
 * give the same decisions. Time is that of the calls. What time of day, system readings and scripts would have
 * changed is told apart: the wall clock follows the calls, system rules see nothing and scripts don't run. A limit of a
 * cluster is that of `rules`, whatever `rulesOf` says of an instance.
 */
export function replay(calls: readonly ReplayCall[], rules: Rules, options: ReplayOptions): ReplayTotals {
  return atOnce(replaySteps(calls, rules, options));
}

/**
 * The same in short steps, for whoever has others to serve. Instances share nothing, so they are decided one after the
 * other: no more is in memory than what one of them counts.
 */
export function* replaySteps(
  calls: readonly ReplayCall[],
  rules: Rules,
  options: ReplayOptions,
): InSteps<ReplayTotals> {
  const typicalMs = typicalDurations(calls);
  const shares = yield* clusterShares(calls, rules, options.sampledBy, typicalMs);
  const totals = { passed: 0, blocked: 0, wouldBlock: 0, estimated: 0 };
  for (const own of byInstance(calls)) {
    const run = new ReplayRun<number>({ ...options, rules, typicalMs, shares });
    for (const [n, index] of own.entries()) {
      run.take(calls[index]!, index);
      if (n % stride === 0) yield undefined;
    }
    const { passed, blocked, wouldBlock, estimated } = run.end();
    totals.passed += passed;
    totals.blocked += blocked;
    totals.wouldBlock += wouldBlock;
    totals.estimated += estimated;
  }
  return totals;
}

/**
 * How many counts a replay keeps for one instance at most: one of each rule at each resource that it is about, which
 * takes some 2 KB.
 */
export function* replayStates(calls: readonly ReplayCall[], rules: Rules): InSteps<number> {
  const set = compileRules(rules, 0, 0);
  const places = new Set<string>();
  let states = 0;
  for (const { type, resource } of calls) {
    const place = placeOf(type, resource);
    if (places.has(place)) continue;
    places.add(place);
    states += set.rulesOf(resource, type).length;
    yield undefined;
  }
  return states;
}

/** The calls of each instance, by their indices, in the order of time. */
function byInstance(calls: readonly ReplayCall[]): Iterable<readonly number[]> {
  const all = new Map<string | undefined, number[]>();
  for (const [index, { instance }] of calls.entries()) {
    const own = all.get(instance);
    if (own) own.push(index);
    else all.set(instance, [index]);
  }
  const inTime = (own: readonly number[]): boolean =>
    own.every((index, n) => n === 0 || calls[own[n - 1]!]!.atMs <= calls[index]!.atMs);
  for (const own of all.values())
    if (!inTime(own)) own.sort((a, b) => calls[a]!.atMs - calls[b]!.atMs || a - b);
  return all.values();
}
