import {
  type Content,
  type ErrorText,
  type Item,
  type ItemsPatch,
  inOrder,
  isTakenAway,
  type Json,
  type Language,
  type PublicNamespace,
  reachText,
  type Selectable,
} from '@sluice/core';
import type { Rung } from '@sluice/protocol';
import type { LayerInForce } from '../releases/layers.read.ts';
import type { ReachingLayer } from './target.ts';

/** The value of one key; of a document, under the empty key, its text. */
export function valueAt(content: Content, key: string): Json | undefined {
  if (content.kind === 'document') return key === '' ? content.text : undefined;
  return Object.hasOwn(content.items, key) ? itemValue(content.items[key]!) : undefined;
}

const itemValue = (entry: Item | Json): Json =>
  typeof entry === 'object' && entry !== null && 'type' in entry && 'value' in entry && !('kind' in entry)
    ? (entry.value as Json)
    : (entry as Json);

/** What a layer does to a key: sets it, takes it away, or leaves it. */
type Effect = { readonly does: 'sets'; readonly value: Json } | { readonly does: 'removes' | 'leaves' };

function effectOf(value: Content | ItemsPatch, key: string): Effect {
  if (!('set' in value)) {
    if (value.kind !== 'document' && Object.hasOwn(value.items, key) && isTakenAway(value.items[key]))
      return { does: 'removes' };
    const found = valueAt(value, key);
    return found === undefined ? { does: 'leaves' } : { does: 'sets', value: found };
  }
  if (Object.hasOwn(value.set, key) && isTakenAway(value.set[key])) return { does: 'removes' };
  if (Object.hasOwn(value.set, key)) return { does: 'sets', value: itemValue(value.set[key] as Item | Json) };
  return { does: value.remove.includes(key) ? 'removes' : 'leaves' };
}

const texts = {
  unreached: { en: 'it is not for this instance', zh: '不面向该实例' },
  leaves: { en: 'it does not set this key', zh: '没有设置这个键' },
  removes: { en: 'it takes this key away', zh: '移除了这个键' },
  noInstance: { en: 'no instance layer is aimed at this instance', zh: '没有针对该实例的单机层' },
  noGray: { en: 'no gray layer is in force', zh: '没有生效中的灰度层' },
  noGroup: { en: 'no group layer is in force', zh: '没有生效中的分组层' },
  noGlobal: { en: 'nothing is released for every instance of the app', zh: '没有面向所有实例的发布' },
  fallback: {
    en: 'written in the code of the app; the server does not know it',
    zh: '写在应用代码里的默认值；服务器不知道它',
  },
  unneeded: { en: 'written in the code of the app; not needed', zh: '写在应用代码里的默认值；未用到' },
} as const satisfies Record<string, ErrorText>;

const empty = { instance: 'noInstance', gray: 'noGray', group: 'noGroup', global: 'noGlobal' } as const;

/** From which layer an instance gets a key, strongest first, and why the others don't give it. */
export function ladderOf(
  layers: readonly ReachingLayer[],
  instance: Selectable,
  key: string,
  language: Language,
): Rung[] {
  const reaches = new Map(layers.map(({ layer, reach }) => [layer, reach(instance)]));
  const strongestFirst = inOrder(layers.map(({ layer }) => layer)).reverse();
  const effects = new Map(
    strongestFirst.map((layer) => [layer, effectOf(JSON.parse(layer.body) as Content | ItemsPatch, key)]),
  );
  const winner = strongestFirst.find((layer) => reaches.get(layer) && effects.get(layer)!.does !== 'leaves');
  const rungs = (['instance', 'gray', 'group', 'global'] as const).flatMap((kind): Rung[] => {
    // Layers for single other instances say nothing about this one.
    const own = strongestFirst.filter(
      (layer) => layer.kind === kind && (kind !== 'instance' || reaches.get(layer)),
    );
    if (own.length === 0)
      return [{ layer: kind, matched: false, wins: false, reason: texts[empty[kind]][language] }];
    return own.map((layer) => {
      const reach = reaches.get(layer);
      const effect = effects.get(layer)!;
      const why = reach ? reachText(reach) : texts.unreached;
      const what = effect.does === 'sets' ? undefined : texts[effect.does];
      const from = layer.from && publicText(layer.from, layer.release)[language];
      const said = [...(from ? [from] : []), why[language], ...(what && reach ? [what[language]] : [])];
      return {
        layer: kind,
        ...whereFrom(layer),
        matched: reach !== undefined,
        wins: layer === winner,
        ...(effect.does === 'sets' && { value: effect.value }),
        reason: said.join({ en: '; ', zh: '；' }[language]),
      };
    });
  });
  const isDefault = winner === undefined || effects.get(winner)!.does === 'removes';
  const reason = (isDefault ? texts.fallback : texts.unneeded)[language];
  return [...rungs, { layer: 'default', matched: true, wins: isDefault, reason }];
}

const publicText = ({ app, namespace }: PublicNamespace, release: number | undefined): ErrorText => ({
  en: `public namespace ${namespace} of app ${app}, release ${release}`,
  zh: `应用 ${app} 的公共命名空间 ${namespace}，发布版本 ${release}`,
});

const whereFrom = ({ pushId, group, expiresAt, release, revision, from }: LayerInForce): Partial<Rung> => ({
  ...(from && { from }),
  ...(pushId !== undefined && { pushId }),
  ...(group !== undefined && { group }),
  ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
  ...(release !== undefined && { release }),
  revision,
});
