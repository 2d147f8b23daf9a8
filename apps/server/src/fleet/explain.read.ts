import { Inject, Injectable } from '@nestjs/common';
import type { Content, ErrorText, Item, Json, Language } from '@sluice/core';
import type { Explanation, Rung } from '@sluice/protocol';
import type { ReleaseEntity } from '../releases/release.entity.ts';
import type { Holding } from './fleet.entities.ts';
import { InstanceDetailRead } from './instance-detail.read.ts';
import { InstancesRead } from './instances.read.ts';
import type { Place } from './place.ts';

/** Says why an instance has a value: the ladder of layers, strongest first, and how the value came to it. */
@Injectable()
export class ExplainRead {
  readonly #detail: InstanceDetailRead;
  readonly #instances: InstancesRead;

  constructor(
    @Inject(InstanceDetailRead) detail: InstanceDetailRead,
    @Inject(InstancesRead) instances: InstancesRead,
  ) {
    this.#detail = detail;
    this.#instances = instances;
  }

  async explain(
    place: Place,
    instanceId: string,
    namespace: string,
    key: string,
    language: Language,
  ): Promise<Explanation> {
    const known = await this.#detail.require(place, instanceId);
    const target = (await this.#instances.target(place)).namespaces.get(namespace);
    const holding = Object.hasOwn(known.holds, namespace) ? known.holds[namespace] : undefined;
    const held = holding && (await this.#detail.heldRelease(place, namespace, holding.digest));
    const live = held && valueAt(JSON.parse(held.content) as Content, key);
    const wanted = target && valueAt(JSON.parse(target.body) as Content, key);
    return {
      namespace,
      key,
      ...(live !== undefined && { live }),
      // Without a known content, what it holds under this key is not known; holding nothing is known.
      liveKnown: holding === undefined || held !== undefined,
      ...(held && { liveRelease: held.number }),
      ...(wanted !== undefined && { target: wanted }),
      ladder: ladder({ value: live, release: held?.number, revision: held?.revision }, language),
      timeline: timeline(held, holding, language),
    };
  }
}

/** The value of one key; of a document, under the empty key, its text. */
function valueAt(content: Content, key: string): Json | undefined {
  if (content.kind === 'document') return key === '' ? content.text : undefined;
  if (!Object.hasOwn(content.items, key)) return undefined;
  const entry = content.items[key]!;
  return content.kind === 'map' ? (entry as Item).value : (entry as Json);
}

interface Held {
  readonly value: Json | undefined;
  readonly release: number | undefined;
  readonly revision: number | undefined;
}

const layerNames: Readonly<Record<'instance' | 'gray' | 'group', ErrorText>> = {
  instance: { en: 'instance', zh: '单机' },
  gray: { en: 'gray', zh: '灰度' },
  group: { en: 'group', zh: '分组' },
};

const unused = (layer: 'instance' | 'gray' | 'group', language: Language): Rung => ({
  layer,
  matched: false,
  wins: false,
  reason: {
    en: `no ${layerNames[layer].en} layer is aimed at this instance`,
    zh: `没有针对该实例的${layerNames[layer].zh}层`,
  }[language],
});

function ladder({ value, release, revision }: Held, language: Language): Rung[] {
  const fromGlobal = value !== undefined;
  const global = fromGlobal
    ? { en: 'released to every instance of the app', zh: '发布给该应用的每个实例' }
    : { en: 'the release that it holds does not set this key', zh: '它持有的发布版本没有设置这个键' };
  const fallback = fromGlobal
    ? { en: 'written in the code of the app; not needed', zh: '写在应用代码里的默认值；未用到' }
    : {
        en: 'written in the code of the app; the server does not know it',
        zh: '写在应用代码里的默认值；服务器不知道它',
      };
  return [
    unused('instance', language),
    unused('gray', language),
    unused('group', language),
    {
      layer: 'global',
      matched: fromGlobal,
      wins: fromGlobal,
      ...(fromGlobal && { value }),
      ...(release !== undefined && { release }),
      ...(revision !== undefined && { revision }),
      reason: global[language],
    },
    { layer: 'default', matched: true, wins: !fromGlobal, reason: fallback[language] },
  ];
}

/** How the value came to the instance, oldest first. */
function timeline(
  held: ReleaseEntity | undefined,
  holding: Holding | undefined,
  language: Language,
): Explanation['timeline'] {
  const steps: { at: number; what: string }[] = [];
  if (held) {
    const { number, author, createdAt } = held;
    const what = { en: `release ${number} published by ${author}`, zh: `${author} 发布了版本 ${number}` };
    steps.push({ at: createdAt, what: what[language] });
  }
  if (holding) {
    const applied = { en: 'applied, digest recomputed by the instance', zh: '已生效，摘要由实例重新计算' };
    steps.push({ at: holding.at, what: holding.error ?? applied[language] });
  }
  return steps.map(({ at, what }) => ({ at: new Date(at).toISOString(), what }));
}
