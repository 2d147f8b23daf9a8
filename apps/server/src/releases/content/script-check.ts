import { type Content, type Fault, type Rule, type ScriptRule, SluiceError } from '@sluice/core';
import { firstFault } from '@sluice/protocol';
import { type Origin, pathOfEntry } from './origin.ts';

/** What tells whether scripts run. It needs a process for them, which a room further on has. */
export const SCRIPT_CHECKER = Symbol('ScriptChecker');

export interface UncheckedScript {
  readonly rule: Pick<ScriptRule, 'role' | 'source'>;
  readonly path: string;
}

export interface ScriptChecker {
  /** What keeps scripts from running; empty when nothing does, or when nobody can tell now. The first few if it is much. */
  faultsOf(scripts: readonly UncheckedScript[]): Promise<readonly Fault[]>;
}

/** Refuses content with scripts that don't run. Not asked for drafts, which may be half written. */
export async function requireScriptsThatRun(
  checker: ScriptChecker,
  content: Content,
  origin: Origin,
): Promise<void> {
  if (content.kind !== 'rules') return;
  // Checked as rules at the edge.
  const rules = Object.entries(content.items as unknown as Record<string, Rule>);
  const faults = await checker.faultsOf(
    rules.flatMap(([key, rule]) =>
      rule.kind === 'script' ? [{ rule, path: `${pathOfEntry(origin, key)}.source` }] : [],
    ),
  );
  if (faults.length === 0) return;
  throw new SluiceError(
    'invalid',
    { first: firstFault(faults) },
    { details: { faults: faults.slice(0, 100) } },
  );
}
