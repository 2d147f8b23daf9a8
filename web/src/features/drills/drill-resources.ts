import { resourceMatcher } from '@sluice/core';
import type { DrillDefinition } from '@sluice/protocol';
import type { KnownResource } from './known-resources.ts';

/**
 * Resources of an app that a drill is about, among those that calls were seen at: first those that it breaks, then
 * those that it looks at.
 */
export function drillResources(
  { faults, steadyState, expect, guards }: DrillDefinition,
  app: string,
  known: readonly KnownResource[],
): KnownResource[] {
  const wanted = [
    ...Object.values(faults).map(({ resource }) => ({
      meant: resourceMatcher(resource),
      type: resource.type,
    })),
    ...[...steadyState, ...expect, ...guards].map(({ app: of = app, resource, type }) => ({
      meant: (name: string) => of === app && name === resource,
      type,
    })),
  ];
  const found = wanted.flatMap(({ meant, type }) =>
    known.filter((each) => meant(each.name) && (type === undefined || each.type === type)),
  );
  return [...new Set(found)];
}
