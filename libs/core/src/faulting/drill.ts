import type { Outcome } from '../model/call.ts';
import type { FaultRule } from '../model/fault-rule.ts';
import { FaultBudget } from './fault-budget.ts';
import { RunningFault } from './running-fault.ts';

export interface DrillOptions {
  readonly id: string;
  readonly budgetPerMillion: number;
  readonly faults: Readonly<Record<string, FaultRule>>;
  /** Picks the calls of faults without a seed of their own. */
  readonly seed: number;
  /** What the wall clock is ahead of the clock of the calls, in ms. Setting it ends no fault before its time, or after. */
  readonly wallOffsetMs: number;
}

/** A drill in this process: its faults, what they came to, and what callers saw where they are. */
export class Drill {
  readonly id: string;
  readonly seed: number;
  readonly wallOffsetMs: number;
  readonly budget: FaultBudget;
  /** In the order in which they are asked. */
  readonly faults: readonly RunningFault[];
  readonly callers = { ok: 0, error: 0, degraded: 0, blocked: 0, abandoned: 0 };
  /** On the clock of the calls. Whoever renews the drill moves it; nothing is injected at it or after it. */
  endsMs = Number.NEGATIVE_INFINITY;

  /** `faults` have been checked. */
  constructor({ id, budgetPerMillion, faults, seed, wallOffsetMs }: DrillOptions) {
    this.id = id;
    this.seed = seed;
    this.wallOffsetMs = wallOffsetMs;
    this.budget = new FaultBudget(budgetPerMillion);
    this.faults = Object.entries(faults)
      .map(([name, rule]) => new RunningFault(id, name, rule, seed))
      .sort(inOrder);
  }

  /** A call at one of its resources ended. */
  ended(outcome: Outcome): void {
    if (outcome === 'success') this.callers.ok += 1;
    else if (outcome === 'error') this.callers.error += 1;
    else this.callers.abandoned += 1;
  }
}

const inOrder = ({ compiled: a }: RunningFault, { compiled: b }: RunningFault): number =>
  (a.rule.priority ?? 0) - (b.rule.priority ?? 0) || (a.id < b.id ? -1 : 1);
