import { Inject, Injectable } from '@nestjs/common';
import type { Content, Item, Json } from '@sluice/core';
import type { Explanation, Rung } from '@sluice/protocol';
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

  async explain(place: Place, instanceId: string, namespace: string, key: string): Promise<Explanation> {
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
      ladder: ladder(live, held?.number, held?.revision),
      timeline: [
        ...(held
          ? [
              {
                at: new Date(held.createdAt).toISOString(),
                what: `release ${held.number} published by ${held.author}`,
              },
            ]
          : []),
        ...(holding
          ? [
              {
                at: new Date(holding.at).toISOString(),
                what: holding.error ?? 'applied, digest recomputed by the instance',
              },
            ]
          : []),
      ],
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

const unused = (layer: Rung['layer']): Rung => ({
  layer,
  matched: false,
  wins: false,
  reason: `no ${layer} layer is aimed at this instance`,
});

function ladder(live: Json | undefined, release: number | undefined, revision: number | undefined): Rung[] {
  const fromGlobal = live !== undefined;
  return [
    unused('instance'),
    unused('gray'),
    unused('group'),
    {
      layer: 'global',
      matched: fromGlobal,
      wins: fromGlobal,
      ...(fromGlobal && { value: live }),
      ...(release !== undefined && { release }),
      ...(revision !== undefined && { revision }),
      reason: fromGlobal
        ? 'released to every instance of the app'
        : 'the release that it holds does not set this key',
    },
    {
      layer: 'default',
      matched: true,
      wins: !fromGlobal,
      reason: fromGlobal
        ? 'written in the code of the app; not needed'
        : 'written in the code of the app; the server does not know it',
    },
  ];
}
