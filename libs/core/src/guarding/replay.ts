import type { Rules } from '../model/rule.ts';
import { clusterShares } from './cluster-shares.ts';
import {
  type ReplayCall,
  ReplayRun,
  type ReplayTotals,
  type ReplayVerdict,
  type WallOffset,
} from './replay-run.ts';
import { typicalDurations } from './typical-durations.ts';

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
   * Called once for each call, in the order in which they are decided: its index, and the rules that refused it or,
   * under `wouldBlock`, would have.
   */
  readonly onDecision: (index: number, verdict: ReplayVerdict, rules: readonly string[]) => void;
}

/**
 * Decides calls once more, by the engine that decides them live, under these rules: the same calls, rules and seed
 * give the same decisions. Time is that of the calls. What time of day, system readings and scripts would have
 * changed is told apart: the wall clock follows the calls, system rules see nothing and scripts don't run. A limit of a
 * cluster is that of `rules`, whatever `rulesOf` says of an instance.
 */
export function replay(calls: readonly ReplayCall[], rules: Rules, options: ReplayOptions): ReplayTotals {
  const order = orderOf(calls);
  const run = new ReplayRun<number>({
    ...options,
    rules,
    typicalMs: typicalDurations(calls),
    shares: clusterShares(calls, rules, options.sampledBy),
  });
  for (let i = 0; i < calls.length; i++) {
    const index = order?.[i] ?? i;
    run.take(calls[index]!, index);
  }
  return run.end();
}

/** The order of time, where the calls aren't in it. */
function orderOf(calls: readonly ReplayCall[]): readonly number[] | undefined {
  if (calls.every((call, i) => i === 0 || calls[i - 1]!.atMs <= call.atMs)) return undefined;
  return calls.map((_, i) => i).sort((a, b) => calls[a]!.atMs - calls[b]!.atMs || a - b);
}
