import { addedSides, emptySide, type ScopeWindow, wholeApp } from '@sluice/core';

/** The same time on several nodes: what their instances came to together. */
export function joinedScopes(parts: readonly (readonly ScopeWindow[])[]): ScopeWindow[] {
  const sums = new Map<string, ScopeWindow>();
  for (const { scope, cohort, rest } of parts.flat()) {
    const known = sums.get(scope);
    sums.set(scope, {
      scope,
      cohort: addedSides(known?.cohort ?? emptySide, cohort),
      rest: addedSides(known?.rest ?? emptySide, rest),
    });
  }
  return countedAlike([...sums.values()]);
}

/** A node whose instances made no call of a resource has them all the same. */
function countedAlike(scopes: readonly ScopeWindow[]): ScopeWindow[] {
  const whole = scopes.find(({ scope }) => scope === wholeApp);
  if (!whole) return [];
  const people = (side: 'cohort' | 'rest') => {
    const { instances, answered, applyFailures } = whole[side];
    return { instances, answered, applyFailures };
  };
  const [cohort, rest] = [people('cohort'), people('rest')];
  return scopes.map((each) => ({
    scope: each.scope,
    cohort: { ...each.cohort, ...cohort },
    rest: { ...each.rest, ...rest },
  }));
}

/** What the fleet was before, in the place of a rest of which nobody is left. */
export function withReference(
  scopes: readonly ScopeWindow[],
  reference: readonly ScopeWindow[],
): ScopeWindow[] {
  const known = new Map(reference.map((each) => [each.scope, each.rest]));
  return scopes.map((each) => ({ ...each, rest: known.get(each.scope) ?? each.rest }));
}
