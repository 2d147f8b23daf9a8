import type { DrillCheck, DrillDefinition, DrillExpectation, DrillMeasure } from '@sluice/protocol';

type Kind = DrillMeasure['of'];
type Phase = DrillMeasure['phase'];

/** One check of a definition, with its place in it. */
export interface PlacedCheck {
  readonly of: Kind;
  readonly index: number;
  readonly check: DrillCheck | DrillExpectation;
}

/** Every check of a definition, in an order that all nodes share. What the hypothesis doesn't say, the steady state does. */
export function checksOf({ steadyState, expect, guards }: DrillDefinition): PlacedCheck[] {
  const place = (of: Kind, checks: readonly (DrillCheck | DrillExpectation)[]): PlacedCheck[] =>
    checks.map((check, index) => ({ of, index, check }));
  return [...place('steadyState', steadyState), ...place('expect', expect), ...place('guard', guards)];
}

/** Whether a check is looked at in a phase. */
export function isMeasured({ of }: PlacedCheck, phase: Phase, definition: DrillDefinition): boolean {
  if (phase === 'during') return of !== 'steadyState' || definition.expect.length === 0;
  return of === 'steadyState';
}

export function holds({ atMost, atLeast }: DrillCheck | DrillExpectation, value: number): boolean {
  return (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
}

/** How far a value lies from what is allowed; negative: within. */
function excess({ atMost, atLeast }: DrillCheck | DrillExpectation, value: number): number {
  return Math.max(
    atMost === undefined ? Number.NEGATIVE_INFINITY : value - atMost,
    atLeast === undefined ? Number.NEGATIVE_INFINITY : atLeast - value,
  );
}

/** A check before anything is known of it. */
export const unmeasured = ({ of, index, check }: PlacedCheck, phase: Phase): DrillMeasure => ({
  of,
  index,
  phase,
  check,
});

/** What a check that must hold at a moment comes to, seen once. */
export function measuredOnce(
  placed: PlacedCheck,
  phase: Phase,
  value: number | undefined,
  now: number,
): DrillMeasure {
  const at = new Date(now).toISOString();
  if (value === undefined) return { ...unmeasured(placed, phase), at };
  return {
    ...unmeasured(placed, phase),
    held: holds(placed.check, value),
    value,
    at,
    worst: value,
    worstAt: at,
  };
}

/**
 * What is known of a check of the running drill after another look at it. One that must hold all the time has failed
 * when it failed once; one that must come true within a time is met by the first value that fits.
 */
export function measuredAgain(
  before: DrillMeasure,
  value: number | undefined,
  { now, elapsedMs, isOver }: { readonly now: number; readonly elapsedMs: number; readonly isOver: boolean },
): DrillMeasure {
  const { check } = before;
  const { afterS, withinS } = 'afterS' in check ? check : { afterS: 0, withinS: undefined };
  const isTooLate = withinS !== undefined && (elapsedMs > withinS * 1000 || isOver);
  const missed = withinS !== undefined && isTooLate && before.held !== true ? { held: false } : {};
  if (value === undefined || elapsedMs < afterS * 1000) return { ...before, ...missed };
  const at = new Date(now).toISOString();
  const isWorst = before.worst === undefined || excess(check, value) > excess(check, before.worst);
  const seen = { ...before, value, at, ...(isWorst && { worst: value, worstAt: at }) };
  const isHeld = holds(check, value);
  if (withinS === undefined) return { ...seen, held: before.held !== false && isHeld };
  if (isHeld && before.held === undefined && !isTooLate)
    return { ...seen, held: true, trueAfterMs: Math.round(elapsedMs) };
  return { ...seen, ...missed };
}
