import type { Instance } from '@sluice/protocol';

export const instanceFilters = ['online', 'offline', 'differing', 'cache', 'conflict'] as const;
export type InstanceFilter = (typeof instanceFilters)[number];

const tests: Readonly<Record<InstanceFilter, (instance: Instance) => boolean>> = {
  online: (each) => each.online,
  offline: (each) => !each.online,
  differing: (each) => each.online && !each.inSync,
  cache: (each) => each.cache !== 'ok',
  conflict: (each) => each.conflict,
};

const byTrouble: readonly ((instance: Instance) => boolean)[] = [
  tests.conflict,
  tests.differing,
  (each) => each.online && tests.cache(each),
  tests.online,
];

/** A number to sort by: the smaller, the sooner somebody has to look at the instance; those that are offline last. */
export function troubleOf(instance: Instance): number {
  const found = byTrouble.findIndex((test) => test(instance));
  return found < 0 ? byTrouble.length : found;
}

/** Splits what somebody typed or pasted: spaces, and commas and semicolons of both scripts. */
export const wordsOf = (text: string | undefined): string[] =>
  (text ?? '')
    .toLowerCase()
    .split(/[\s,，;；、]+/)
    .filter(Boolean);

/**
 * Instances that fit: every `label=value` must hold; of the other words one must be in the id, the SDK or a label,
 * so that a pasted list of ids finds them all.
 */
export function filterInstances(
  instances: readonly Instance[],
  text: string | undefined,
  state: string | undefined,
): readonly Instance[] {
  const words = wordsOf(text);
  const pairs = words.filter((word) => word.includes('='));
  const plain = words.filter((word) => !word.includes('='));
  const test = instanceFilters.find((each) => each === state);
  if (words.length === 0 && test === undefined) return instances;
  return instances.filter((each) => {
    if (test && !tests[test](each)) return false;
    const labels = Object.entries(each.labels).map(([label, value]) => `${label}=${value}`.toLowerCase());
    if (!pairs.every((pair) => labels.some((label) => label.startsWith(pair)))) return false;
    const haystack = [each.instanceId, each.sdk, ...labels].join(' ').toLowerCase();
    return plain.length === 0 || plain.some((word) => haystack.includes(word));
  });
}
