import {
  type ErrorText,
  type PlannedInstance,
  type PlanReason,
  type PushPlan,
  type Reach,
  reachText,
} from '@sluice/core';
import type { PushPlanBody } from '@sluice/protocol';
import type { LinkedPart } from './linked-plans.ts';

/** What a plan doesn't know by itself. */
export interface PlanFacts {
  readonly revision: number;
  readonly instances: readonly PlannedInstance[];
  /** Those of apps that link what is released. */
  readonly linked?: readonly Pick<LinkedPart, 'place' | 'instances'>[];
  /** Named ids that nobody has ever seen. */
  readonly unknown: readonly string[];
  readonly warnings: PushPlanBody['warnings'];
}

/** A plan as it travels and as it is kept. */
export function planBodyOf(
  plan: PushPlan,
  { revision, instances, linked = [], unknown, warnings }: PlanFacts,
): PushPlanBody {
  const labels = new Map(instances.map((instance) => [instance.instanceId, instance.labels]));
  const theirs = new Map(
    linked.map(({ place: { app }, instances: all }) => [
      app,
      new Map(all.map((i) => [i.instanceId, i.labels])),
    ]),
  );
  const labelsOf = (app: string): typeof labels => theirs.get(app) ?? new Map();
  const described = (one: {
    readonly instanceId: string;
    readonly app?: string;
    readonly online: boolean;
    readonly reasons: readonly PlanReason[];
  }) => ({
    instanceId: one.instanceId,
    ...(one.app !== undefined && { app: one.app }),
    online: one.online,
    labels: { ...(one.app === undefined ? labels : labelsOf(one.app)).get(one.instanceId) },
    reasons: one.reasons.map(({ namespace, kind, effect, reach }) => ({
      namespace,
      kind,
      effect,
      why: whyOf(reach),
    })),
  });
  return {
    hash: plan.hash,
    revision,
    targets: plan.targets.map((target) => ({
      ...described(target),
      holding: target.holding,
      variant: target.variant,
    })),
    variants: plan.variants.map(({ targets, payloadBytes, namespaces }) => ({
      targets,
      payloadBytes,
      namespaces: namespaces.map(({ changes, ...rest }) => ({ ...rest, changes: [...changes] })),
    })),
    unmoved: plan.unmoved.map(described),
    unknown: [...unknown],
    counts: plan.counts,
    payload: plan.payload,
    warnings: [...warnings, ...(plan.targets.length === 0 ? [nobody] : [])],
  } as PushPlanBody;
}

const nobody: ErrorText = {
  en: 'nobody would change: no known instance is reached, or all hold this already',
  zh: '不会有实例变化：没有涉及任何已知实例，或它们已持有该内容',
};

/** Thousands of targets have few reasons. */
const whys = new Map<string, ErrorText>();
function whyOf(reach: Reach): ErrorText {
  if (reach.by === 'percent') return reachText(reach);
  const key = reach.by === 'labels' ? `labels ${reach.selector}` : reach.by;
  const known = whys.get(key) ?? reachText(reach);
  if (whys.size > 1000) whys.clear();
  whys.set(key, known);
  return known;
}
