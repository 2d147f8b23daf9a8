import { type Content, type Fault, type Rule, type ScriptRule, SluiceError } from '@sluice/core';
import { firstFault } from '@sluice/protocol';
import { type Origin, pathOfEntry } from './origin.ts';

/** What tells whether scripts run. It needs a process for them, which a room further on has. */
export const SCRIPT_CHECKER = Symbol('ScriptChecker');

export interface ScriptChecker {
  /** What keeps a script from running, at `path`; undefined when nothing does, or when nobody can tell now. */
  faultOf(rule: Pick<ScriptRule, 'role' | 'source'>, path: string): Promise<Fault | undefined>;
}

/** Refuses content with scripts that don't run. Not asked for drafts, which may be half written. */
export async function requireScriptsThatRun(
  checker: ScriptChecker,
  content: Content,
  origin: Origin,
): Promise<void> {
  if (content.kind !== 'rules') return;
  const faults: Fault[] = [];
  // Checked as rules at the edge.
  for (const [key, rule] of Object.entries(content.items as unknown as Record<string, Rule>)) {
    if (rule.kind !== 'script') continue;
    const fault = await checker.faultOf(rule, `${pathOfEntry(origin, key)}.source`);
    if (fault) faults.push(fault);
  }
  if (faults.length === 0) return;
  throw new SluiceError(
    'invalid',
    { first: firstFault(faults) },
    { details: { faults: faults.slice(0, 100) } },
  );
}
