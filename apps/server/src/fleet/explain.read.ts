import { Inject, Injectable } from '@nestjs/common';
import type { Language } from '@sluice/core';
import type { Explanation } from '@sluice/protocol';
import type { Holding } from './fleet.entities.ts';
import { type HeldContent, HeldContentRead } from './held-content.read.ts';
import { InstancesRead, viewOf } from './instances.read.ts';
import { ladderOf, valueAt } from './ladder.ts';
import type { Place } from './place.ts';

/** Says why an instance has a value: the ladder of layers, strongest first, and how the value came to it. */
@Injectable()
export class ExplainRead {
  readonly #instances: InstancesRead;
  readonly #contents: HeldContentRead;

  constructor(
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(HeldContentRead) contents: HeldContentRead,
  ) {
    this.#instances = instances;
    this.#contents = contents;
  }

  async explain(
    place: Place,
    instanceId: string,
    namespace: string,
    key: string,
    language: Language,
  ): Promise<Explanation> {
    const known = await this.#instances.require(place, instanceId);
    const target = await this.#instances.target(place);
    const wanted = viewOf(known, target).namespaces.get(namespace)?.content();
    const holding = Object.hasOwn(known.holds, namespace) ? known.holds[namespace] : undefined;
    const held = holding && (await this.#contents.find(place, namespace, holding.digest));
    const live = held && valueAt(held.content, key);
    const aim = wanted && valueAt(wanted, key);
    return {
      namespace,
      key,
      ...(live !== undefined && { live }),
      // Without a known content, what it holds under this key is not known; holding nothing is known.
      liveKnown: holding === undefined || held !== undefined,
      ...(held?.release && { liveRelease: held.release.number }),
      ...(aim !== undefined && { target: aim }),
      ladder: ladderOf(target.layersOf(namespace), known, key, language),
      timeline: timeline(held, holding, language),
    };
  }
}

/** How the value came to the instance, oldest first. */
function timeline(
  held: HeldContent | undefined,
  holding: Holding | undefined,
  language: Language,
): Explanation['timeline'] {
  const steps: { at: number; what: string }[] = [];
  if (held?.release) {
    const { number, author, createdAt } = held.release;
    const what = { en: `release ${number} published by ${author}`, zh: `${author} 发布了版本 ${number}` };
    steps.push({ at: createdAt, what: what[language] });
  }
  if (holding) {
    const applied = { en: 'applied, digest recomputed by the instance', zh: '已生效，摘要由实例重新计算' };
    steps.push({ at: holding.at, what: holding.error ?? applied[language] });
  }
  return steps.map(({ at, what }) => ({ at: new Date(at).toISOString(), what }));
}
