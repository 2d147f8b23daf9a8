import type { ErrorText } from '../errors/error-code.ts';
import { fillText } from '../errors/error-code.ts';
import type { ParsedLayer } from '../model/layer.ts';
import { bucketOf } from './bucket.ts';
import type { Hash } from './digest.ts';
import { isInForce } from './expiry.ts';
import { type LabelTerm, type Selectable, type Selector, selects } from './select.ts';
import { printSelector } from './selector-text.ts';

/** The first `basisPoints` of 10,000 by stable hash under the push's own seed, among those that `among` picks. */
export interface PercentAudience {
  readonly who: 'percent';
  readonly seed: string;
  readonly basisPoints: number;
  readonly among?: readonly LabelTerm[];
}

/** The members of a cohort that was chosen once and is kept; see `cohort.ts`. One that `among` no longer fits is out. */
export interface PinnedAudience {
  readonly who: 'pinned';
  readonly ids: readonly string[];
  /** Whom the members were, and will be, chosen from. */
  readonly among?: readonly LabelTerm[];
}

/** Who a layer is for: a selector, or a share of the fleet. */
export type Audience = Selector | PercentAudience | PinnedAudience;

/** A layer with those whom it is for. Layers of one push, over several namespaces perhaps, stand and fall together. */
export interface AimedLayer extends ParsedLayer {
  readonly audience: Audience;
  /** The push that laid it, or the release where there was none. */
  readonly pushId: string;
}

/** Why an audience reaches an instance. */
export type Reach =
  | { readonly by: 'everyone' }
  | { readonly by: 'name' }
  | { readonly by: 'labels'; readonly selector: string }
  | { readonly by: 'percent'; readonly bucket: number; readonly basisPoints: number }
  | { readonly by: 'cohort' };

const texts = {
  everyone: { en: 'it is for every instance', zh: '面向所有实例' },
  name: { en: 'it was chosen by its id', zh: '按实例 ID 指定' },
  labels: { en: 'its labels match {selector}', zh: '标签符合 {selector}' },
  percent: {
    en: 'its bucket {bucket} is below {basisPoints} of 10000',
    zh: '分桶 {bucket} 小于 {basisPoints}（共 10000）',
  },
  cohort: { en: 'it is one of those chosen for this gray', zh: '是此次灰度选定的实例' },
} as const satisfies Record<Reach['by'], ErrorText>;

/** A reach in words of both languages. */
export function reachText(reach: Reach): ErrorText {
  const { by, ...params } = reach;
  const { en, zh } = texts[by];
  return { en: fillText(en, params), zh: fillText(zh, params, 'zh') };
}

/** Says why an audience reaches an instance, or undefined when it doesn't. Prepared once, asked for each instance. */
export function reachOf(audience: Audience, hash: Hash): (instance: Selectable) => Reach | undefined {
  switch (audience.who) {
    case 'everyone':
      return () => ({ by: 'everyone' });
    case 'instances': {
      const ids = new Set(audience.ids);
      return ({ instanceId }) => (ids.has(instanceId) ? { by: 'name' } : undefined);
    }
    case 'pinned': {
      const ids = new Set(audience.ids);
      const { among = [] } = audience;
      return (instance) =>
        ids.has(instance.instanceId) && selects({ who: 'labels', all: among }, instance)
          ? { by: 'cohort' }
          : undefined;
    }
    case 'labels': {
      const selector = printSelector(audience.all);
      return (instance) => (selects(audience, instance) ? { by: 'labels', selector } : undefined);
    }
    case 'percent': {
      const { seed, basisPoints, among = [] } = audience;
      return (instance) => {
        if (!selects({ who: 'labels', all: among }, instance)) return undefined;
        const bucket = bucketOf(seed, instance.instanceId, hash);
        return bucket < basisPoints ? { by: 'percent', bucket, basisPoints } : undefined;
      };
    }
  }
}

/** The layers in force of a namespace that apply to an instance. Prepared once, asked for each instance. */
export function layersFor<L extends AimedLayer>(
  layers: readonly L[],
  hash: Hash,
): (instance: Selectable) => L[] {
  const aimed = layers.filter(isInForce).map((layer) => ({ layer, reach: reachOf(layer.audience, hash) }));
  return (instance) => aimed.filter(({ reach }) => reach(instance)).map(({ layer }) => layer);
}

/** Whom an audience is drawn from, as conditions on labels that must hold for every one of its members. */
export function conditionsOf(audience: Audience): readonly LabelTerm[] {
  switch (audience.who) {
    case 'labels':
      return audience.all;
    case 'percent':
    case 'pinned':
      return audience.among ?? [];
    case 'everyone':
    case 'instances':
      return [];
  }
}

/**
 * Whether two audiences can never share an instance, whatever joins, leaves or is relabelled: their ids differ, or no
 * set of labels fits both. Two shares of one fleet may overlap, and so may an id and a label. False means "not proven".
 */
export function areDisjoint(a: Audience, b: Audience): boolean {
  if (a.who === 'instances' && b.who === 'instances') return !a.ids.some((id) => b.ids.includes(id));
  return !isSatisfiable([...conditionsOf(a), ...conditionsOf(b)]);
}

/** Whether some set of labels fits all conditions. Labels don't depend on each other, so each is looked at alone. */
function isSatisfiable(terms: readonly LabelTerm[]): boolean {
  return [...new Set(terms.map((term) => term.label))].every((label) => {
    const own = terms.filter((term) => term.label === label);
    const isAbsent = own.some((term) => term.op === 'absent');
    const lists = own.filter((term) => term.op === 'in').map((term) => term.values ?? []);
    if (lists.length === 0) return !isAbsent || own.every((term) => term.op !== 'exists');
    const excluded = new Set(own.flatMap((term) => (term.op === 'notIn' ? (term.values ?? []) : [])));
    const [first = [], ...rest] = lists;
    return (
      !isAbsent && first.some((value) => !excluded.has(value) && rest.every((list) => list.includes(value)))
    );
  });
}
