import type { Push } from '@sluice/protocol';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

/** Where following a push ends: a verdict, a step that waits for somebody, or an end without its layers. */
export type Standing =
  | 'moving'
  | 'held'
  | 'paused'
  | 'converged'
  | 'diverged'
  | 'promoted'
  | 'halted'
  | 'abandoned';

/** What to make of a push at this moment. A proposed one moves: others may approve and start it. */
export function standingOf(push: Push): Standing {
  switch (push.state) {
    case 'running':
      return waitsForClick(push) ? 'held' : 'moving';
    case 'paused':
    case 'converged':
    case 'diverged':
    case 'promoted':
    case 'halted':
    case 'abandoned':
      return push.state;
    default:
      return 'moving';
  }
}

/** So long without knowing how members do, and nobody expects calls to come any more. */
const unknownMs = 20_000;

/** A click is the only thing that a step still waits for, and nobody is still to answer: nothing moves without somebody. */
function waitsForClick(push: Push): boolean {
  const waits = push.step?.waits ?? [];
  const others = waits.filter((wait) => !(wait.for === 'health' && isLongUnknown(push)));
  return others.length === 1 && others[0]!.for === 'click' && isProven(push);
}

/** By the server's clock. */
function isLongUnknown({ health, verdict }: Push): boolean {
  return health?.is === 'unknown' && Date.parse(verdict.at) - Date.parse(health.since) >= unknownMs;
}

/** Apps that link what it released, and are not there yet. */
export const appsLeft = ({ linked }: Push): number => (linked ? linked.apps - linked.converged : 0);

/** Whether every target has answered, or had its time. */
export const isProven = ({ verdict }: Push): boolean => verdict.counts.pending === 0;

/** What a script shall make of it. `ended`: this end was asked for, so only its proof counts. */
export function exitOf(push: Push, ended = false): ExitCode {
  const isApart = (push.linked?.diverged ?? 0) > 0;
  const isProvenHere = push.verdict.holding >= push.verdict.targets;
  const proof = isProvenHere && !isApart ? exitCode.ok : exitCode.partlyApplied;
  switch (standingOf(push)) {
    case 'paused':
      return exitCode.conflict;
    case 'converged':
      return isApart ? exitCode.partlyApplied : exitCode.ok;
    case 'diverged':
      return exitCode.partlyApplied;
    case 'promoted':
      return proof;
    case 'halted':
      return exitCode.guardrail;
    case 'abandoned':
      if (ended) return proof;
      return push.ended?.reason === 'guardrail' ? exitCode.guardrail : exitCode.conflict;
    default:
      return exitCode.ok;
  }
}
