import type { SideWindow } from './guardrail.ts';

/** Nobody, and nothing heard. */
export const emptySide: SideWindow = {
  instances: 0,
  finished: 0,
  errors: 0,
  asked: 0,
  blocked: 0,
  latency: [],
  breakerOpenings: 0,
  answered: 0,
  applyFailures: 0,
  injected: 0,
};

/**
 * One after the other: calls of both are added up. Instances and what they answered are counted, not added up, so the
 * later one tells how many there are.
 */
export function joinedSides(before: SideWindow, after: SideWindow): SideWindow {
  return { ...addedSides(before, after), ...standing(after) };
}

/** Side by side: what different instances came to in the same time. */
export function addedSides(a: SideWindow, b: SideWindow): SideWindow {
  const length = Math.max(a.latency.length, b.latency.length);
  return {
    instances: a.instances + b.instances,
    finished: a.finished + b.finished,
    errors: a.errors + b.errors,
    asked: a.asked + b.asked,
    blocked: a.blocked + b.blocked,
    latency: Array.from({ length }, (_, bucket) => (a.latency[bucket] ?? 0) + (b.latency[bucket] ?? 0)),
    breakerOpenings: a.breakerOpenings + b.breakerOpenings,
    answered: a.answered + b.answered,
    applyFailures: a.applyFailures + b.applyFailures,
    injected: a.injected + b.injected,
  };
}

const standing = ({ instances, answered, applyFailures }: SideWindow) => ({
  instances,
  answered,
  applyFailures,
});
