import { globMatcher, type ResourceMatch } from '@sluice/core';

/** Whether some resource may be meant by both. Of two patterns it can't always be known; then it is taken to be so. */
export function mayOverlap(a: ResourceMatch, b: ResourceMatch): boolean {
  if (a.type !== undefined && b.type !== undefined && a.type !== b.type) return false;
  if (a.match === 'exact') return matches(b, a.value);
  if (b.match === 'exact') return matches(a, b.value);
  const [first, second] = [fixedPart(a), fixedPart(b)];
  return first.startsWith(second) || second.startsWith(first);
}

/** Whether a resource of this name is meant. */
export function matches({ match, value }: ResourceMatch, resource: string): boolean {
  switch (match) {
    case 'exact':
      return resource === value;
    case 'prefix':
      return resource.startsWith(value);
    case 'glob':
      return globMatcher(value)(resource);
  }
}

/** What every name that is meant begins with. */
const fixedPart = ({ match, value }: ResourceMatch): string =>
  match === 'glob' ? (/^[^*?]*/.exec(value)?.[0] ?? '') : value;
