import { type Answer, accept } from '../errors/refusal.ts';
import type { NamespaceKind } from '../model/content.ts';
import type { LayerKind } from '../model/layer.ts';
import { applyProposal } from './apply-proposal.ts';
import { type AimedLayer, layersFor, type Reach, reachOf } from './audience.ts';
import { canonicalText } from './canonical.ts';
import type { Hash } from './digest.ts';
import { type EffectiveDifference, effectiveDifference } from './effective-change.ts';
import { isInForce } from './expiry.ts';
import type { AimedNamespace, Proposal, ProposalRefusal } from './proposal.ts';
import type { Selectable } from './select.ts';

/** An instance as the control plane knows it. */
export interface PlannedInstance extends Selectable {
  readonly online: boolean;
  /** Digest by namespace as it last said; a namespace of which it holds nothing is absent. Undefined: never heard. */
  readonly held?: Readonly<Record<string, string>>;
}

/** What an instance holds of the namespaces that a push changes for it, by the digests that it last said. */
export type Holding = 'before' | 'after' | 'other' | 'unknown';

/**
 * Why a changed layer concerns an instance: it reaches it now, it reached it before, or both. `keeps` says that it
 * brings the same for the same time, and is only aimed at others besides.
 */
export interface PlanReason {
  readonly layerId: string;
  readonly kind: LayerKind;
  readonly namespace: string;
  readonly effect: 'gains' | 'loses' | 'changes' | 'keeps';
  readonly reach: Reach;
}

/** One instance whose effective digest changes. */
export interface PlanTarget {
  readonly instanceId: string;
  /** Another app's, which links what the push changes. */
  readonly app?: string;
  readonly online: boolean;
  readonly holding: Holding;
  /** Index into `variants`: what changes for it. */
  readonly variant: number;
  readonly reasons: readonly PlanReason[];
}

/** An instance that a changed layer concerns, though what it effectively holds stays the same. */
export type Unmoved = Pick<PlanTarget, 'instanceId' | 'app' | 'online' | 'reasons'>;

/** What changes, shared by all instances to which the same layers apply. */
export interface PlanVariant {
  readonly namespaces: readonly NamespaceChange[];
  /** Instances that it is for. */
  readonly targets: number;
  /** UTF-8 bytes of the layers of its namespaces: what one of them is sent, apart from the frame. */
  readonly payloadBytes: number;
}

/** One namespace as instances of a variant see it change: old and new values, and which layer decides each. */
export interface NamespaceChange extends EffectiveDifference {
  readonly namespace: string;
}

/** Exactly whom a push would change, and how; nothing in it depends on the order of what it was made from. */
export interface PushPlan {
  /** SHA-256 over who is in it and from which digests to which; who is online doesn't count. */
  readonly hash: string;
  /** By instance id. */
  readonly targets: readonly PlanTarget[];
  readonly variants: readonly PlanVariant[];
  /** By instance id. They should get the new layers too, without a proof: expiry and explain work on layers. */
  readonly unmoved: readonly Unmoved[];
  readonly counts: { readonly targets: number; readonly online: number; readonly offline: number };
  readonly payload: {
    /** Over all targets that are online: size times fan-out. */
    readonly totalBytes: number;
    /** What one instance is sent at most. */
    readonly largestBytes: number;
    /** Over the variants: what is encoded once each. */
    readonly encodedBytes: number;
  };
}

/** A namespace that the proposal changes, as it is and as it would be. */
interface Moved {
  readonly name: string;
  readonly kind: NamespaceKind;
  readonly layersBefore: (instance: Selectable) => AimedLayer[];
  readonly layersAfter: (instance: Selectable) => AimedLayer[];
  readonly reasons: (instance: Selectable) => PlanReason[];
}

/**
 * Plans a push without doing it: for each instance, what its layers compose to now and would compose to. Carrying the
 * same proposal out over the same namespaces changes the effective digests of exactly `targets`. Instances to which
 * the same layers apply are composed once, so the work grows with variants and not with instances times items.
 */
export function planPush(
  instances: readonly PlannedInstance[],
  namespaces: readonly AimedNamespace[],
  proposal: Proposal,
  hash: Hash,
): Answer<PushPlan, ProposalRefusal> {
  const applied = applyProposal(namespaces, proposal, hash);
  if (!applied.ok) return applied;
  return accept(planBetween(instances, namespaces, applied.value, hash));
}

/**
 * The plan of what turns `namespaces` into `next`, in the same order: also for another app, whose layers change because
 * it links what a push releases. A namespace that doesn't change is the same object.
 */
export function planBetween(
  instances: readonly PlannedInstance[],
  namespaces: readonly AimedNamespace[],
  next: readonly AimedNamespace[],
  hash: Hash,
): PushPlan {
  const moved = namespaces.flatMap((before, index) => {
    const after = next[index]!;
    return before === after ? [] : [movedNamespace(before, after.layers, hash)];
  });
  const variants = new Variants(moved, hash);
  const targets: PlanTarget[] = [];
  const unmoved: Unmoved[] = [];
  for (const instance of [...instances].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))) {
    const reasons = moved.flatMap((namespace) => namespace.reasons(instance));
    if (reasons.length === 0) continue;
    const { instanceId, online, held } = instance;
    const variant = variants.of(instance);
    if (variant === undefined) {
      if (reasons.some((reason) => reason.effect !== 'keeps')) unmoved.push({ instanceId, online, reasons });
    } else {
      const holding = holdingOf(held, variants.all[variant]!.namespaces);
      targets.push({ instanceId, online, holding, variant, reasons });
    }
  }
  return planOf(targets, variants.all, unmoved, hash);
}

/**
 * A plan with what the same push changes for apps that link what it releases, each planned for itself. The hash covers
 * them; without any it stays the same.
 */
export function widenPlan(
  own: PushPlan,
  linked: readonly { readonly app: string; readonly plan: PushPlan }[],
  hash: Hash,
): PushPlan {
  if (linked.length === 0) return own;
  const targets = [...own.targets];
  const variants = [...own.variants];
  const unmoved = [...own.unmoved];
  const { counts, payload } = own;
  const sums = { ...counts, ...payload };
  for (const { app, plan } of [...linked].sort((a, b) => (a.app < b.app ? -1 : 1))) {
    const offset = variants.length;
    variants.push(...plan.variants);
    targets.push(...plan.targets.map((each) => ({ ...each, app, variant: offset + each.variant })));
    unmoved.push(...plan.unmoved.map((each) => ({ ...each, app })));
    for (const key of ['targets', 'online', 'offline'] as const) sums[key] += plan.counts[key];
    sums.totalBytes += plan.payload.totalBytes;
    sums.encodedBytes += plan.payload.encodedBytes;
    sums.largestBytes = Math.max(sums.largestBytes, plan.payload.largestBytes);
  }
  const { totalBytes, largestBytes, encodedBytes } = sums;
  return {
    hash: hash(canonicalText(membership({ targets, variants }))),
    targets,
    variants,
    unmoved,
    counts: { targets: sums.targets, online: sums.online, offline: sums.offline },
    payload: { totalBytes, largestBytes, encodedBytes },
  };
}

function planOf(
  targets: readonly PlanTarget[],
  found: readonly Omit<PlanVariant, 'targets'>[],
  unmoved: readonly Unmoved[],
  hash: Hash,
): PushPlan {
  const variants = found.map((variant, index) => ({
    ...variant,
    targets: targets.filter((target) => target.variant === index).length,
  }));
  const online = targets.filter((target) => target.online);
  const bytes = variants.map((variant) => variant.payloadBytes);
  return {
    hash: hash(canonicalText(membership({ targets, variants }))),
    targets,
    variants,
    unmoved,
    counts: { targets: targets.length, online: online.length, offline: targets.length - online.length },
    payload: {
      totalBytes: online.reduce((sum, target) => sum + bytes[target.variant]!, 0),
      largestBytes: bytes.reduce((most, each) => Math.max(most, each), 0),
      encodedBytes: bytes.reduce((sum, each) => sum + each, 0),
    },
  };
}

function movedNamespace(before: AimedNamespace, after: readonly AimedLayer[], hash: Hash): Moved {
  const current = before.layers.filter(isInForce);
  const lost = current.filter((layer) => !after.includes(layer)).map((layer) => asked(layer, hash));
  const gained = after.filter((layer) => !current.includes(layer)).map((layer) => asked(layer, hash));
  return {
    name: before.name,
    kind: before.kind,
    layersBefore: layersFor(current, hash),
    layersAfter: layersFor(after, hash),
    reasons: (instance) => {
      const had = new Map(lost.flatMap((ask) => ask(instance)));
      const has = new Map(gained.flatMap((ask) => ask(instance)));
      return [...new Set([...had.keys(), ...has.keys()])].sort().map((layerId): PlanReason => {
        const [old, now] = [had.get(layerId), has.get(layerId)];
        const { layer, reach } = (now ?? old)!;
        const effect =
          old && now ? (bringsTheSame(old.layer, now.layer) ? 'keeps' : 'changes') : now ? 'gains' : 'loses';
        return { layerId, kind: layer.kind, namespace: before.name, effect, reach };
      });
    },
  };
}

const bringsTheSame = (a: AimedLayer, b: AimedLayer): boolean =>
  a.digest === b.digest && a.expiresInMs === b.expiresInMs && a.kind === b.kind && a.order === b.order;

type Asked = readonly [string, { readonly layer: AimedLayer; readonly reach: Reach }];

function asked(layer: AimedLayer, hash: Hash): (instance: Selectable) => readonly Asked[] {
  const reaches = reachOf(layer.audience, hash);
  return (instance) => {
    const reach = reaches(instance);
    return reach ? [[layer.id, { layer, reach }]] : [];
  };
}

/** Composes once for all instances to which the same layers apply. */
class Variants {
  readonly all: Omit<PlanVariant, 'targets'>[] = [];
  readonly #moved: readonly Moved[];
  readonly #hash: Hash;
  readonly #known = new Map<string, number | undefined>();

  constructor(moved: readonly Moved[], hash: Hash) {
    this.#moved = moved;
    this.#hash = hash;
  }

  /** The index of what changes for an instance; undefined when nothing does. */
  of(instance: Selectable): number | undefined {
    const seen = this.#moved.map((namespace) => ({
      namespace,
      before: namespace.layersBefore(instance),
      after: namespace.layersAfter(instance),
    }));
    const idsOf = (layers: readonly AimedLayer[]): string[] => layers.map((layer) => layer.id);
    const key = JSON.stringify(seen.map(({ before, after }) => [idsOf(before), idsOf(after)]));
    if (this.#known.has(key)) return this.#known.get(key);
    let payloadBytes = 0;
    const namespaces = seen.flatMap(({ namespace, before, after }): NamespaceChange[] => {
      const difference = effectiveDifference(namespace.kind, before, after, this.#hash);
      if (!difference) return [];
      for (const layer of after) payloadBytes += utf8Length(layer.body);
      return [{ namespace: namespace.name, ...difference }];
    });
    const index = namespaces.length > 0 ? this.all.push({ namespaces, payloadBytes }) - 1 : undefined;
    this.#known.set(key, index);
    return index;
  }
}

function holdingOf(held: PlannedInstance['held'], namespaces: readonly NamespaceChange[]): Holding {
  if (!held) return 'unknown';
  const isHeld = (at: 'before' | 'after'): boolean =>
    namespaces.every((change) => ownOf(held, change.namespace) === change[at]);
  return isHeld('after') ? 'after' : isHeld('before') ? 'before' : 'other';
}

const ownOf = (all: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined;

const encoder = new TextEncoder();
const utf8Length = (text: string): number => encoder.encode(text).length;

/** Who a plan changes, and from which digests to which. */
function membership(plan: Pick<PushPlan, 'targets' | 'variants'>): Record<string, string[][]> {
  const lines = plan.variants.map(({ namespaces }) =>
    namespaces
      .map(({ namespace, before = '', after = '' }) => [namespace, before, after])
      .sort(([a], [b]) => (a! < b! ? -1 : 1)),
  );
  // Neither an id nor the name of an app has a tab in it.
  const nameOf = ({ app, instanceId }: PlanTarget): string =>
    app === undefined ? instanceId : `${app}\t${instanceId}`;
  return Object.fromEntries(plan.targets.map((target) => [nameOf(target), lines[target.variant]!]));
}

/** How a plan made later differs from the one that somebody looked at. Ids in order. */
export interface PlanDifference {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** In both, but from or to something else. */
  readonly changed: readonly string[];
}

/** Who joined and who left a plan since; all lists are empty exactly when the hashes are equal. */
export function planDifference(before: PushPlan, after: PushPlan): PlanDifference {
  const [old, now] = [before, after].map((plan) => new Map(Object.entries(membership(plan))));
  const joined = [...now!.keys()].filter((id) => !old!.has(id)).sort();
  const left = [...old!.keys()].filter((id) => !now!.has(id)).sort();
  const changed = [...now!]
    .filter(([id, lines]) => old!.has(id) && canonicalText(lines) !== canonicalText(old!.get(id)))
    .map(([id]) => id)
    .sort();
  return { joined, left, changed };
}
