import { createHash } from 'node:crypto';
import { CpuBudget } from './cpu-budget.ts';
import type { ScriptFailure } from './failure.ts';
import type { ScriptEntry } from './messages.ts';
import { Strikes } from './strikes.ts';

let lastHandle = 0;

/** One text of one script: what runs in an isolate of its own, and what is switched off when it misbehaves. */
export class ScriptVersion {
  /** Names it towards children; never used twice in this process. */
  readonly handle = ++lastHandle;
  /** Who it belongs to, and what it says: the same rule with the same source is the same version. */
  readonly key: string;
  readonly entry: ScriptEntry;
  readonly source: string;
  readonly timeoutMs: number;
  readonly strikes = new Strikes();
  readonly budget: CpuBudget;
  /** Why it can't run at all: its source is wrong, or it was switched off. */
  broken: ScriptFailure | undefined;
  /** A child has made it ready once. */
  isCompiled = false;
  /** Who waits to be told whether it can run. */
  compiledListeners: ((problem: ScriptFailure | undefined) => void)[] = [];
  readonly counts = { calls: 0, answers: 0, failures: 0, timeouts: 0, kills: 0, cpuMs: 0 };

  constructor(
    key: string,
    of: { readonly entry: ScriptEntry; readonly source: string; readonly timeoutMs: number },
    budget: CpuBudget,
  ) {
    this.key = key;
    this.entry = of.entry;
    this.source = of.source;
    this.timeoutMs = of.timeoutMs;
    this.budget = budget;
  }

  tellCompiled(problem: ScriptFailure | undefined): void {
    this.isCompiled ||= problem === undefined;
    for (const listener of this.compiledListeners.splice(0)) listener(problem);
  }
}

export function versionKey(owner: string, of: { entry: string; source: string; timeoutMs: number }): string {
  const digest = createHash('sha256').update(`${of.entry} ${of.timeoutMs}\n${of.source}`).digest('hex');
  return `${owner}@${digest.slice(0, 16)}`;
}
