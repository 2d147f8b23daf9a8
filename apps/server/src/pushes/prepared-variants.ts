import { layersFor } from '@sluice/core';
import { sha256 } from '../env/sha256.ts';
import type { LinkedPart } from './linked-plans.ts';
import type { PreparedVariant } from './preparation.ts';

/** What those who can be reached would be sent, for them to check it first. */
export function preparedVariants({
  plan,
  after,
  instances,
}: Pick<LinkedPart, 'plan' | 'after' | 'instances'>): PreparedVariant[] {
  const byId = new Map(instances.map((instance) => [instance.instanceId, instance]));
  const layersOf = new Map(after.map((each) => [each.name, { each, of: layersFor(each.layers, sha256) }]));
  return plan.variants.flatMap(({ namespaces }, variant) => {
    const instanceIds = plan.targets
      .filter((t) => t.app === undefined && t.variant === variant && t.online)
      .map((t) => t.instanceId);
    const first = byId.get(instanceIds[0] ?? '');
    if (!first) return [];
    return [
      {
        instanceIds,
        namespaces: namespaces.map(({ namespace, after: digest }) => {
          const { each, of } = layersOf.get(namespace)!;
          const layers = of(first);
          return {
            namespaceId: each.globalId,
            name: namespace,
            ...(digest !== undefined && { digest }),
            layers,
          };
        }),
      },
    ];
  });
}
