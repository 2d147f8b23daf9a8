import { Inject, Injectable } from '@nestjs/common';
import { canonicalText, type Json, SluiceError } from '@sluice/core';
import type { KeySpread, LiveValues } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import { ReleasesRead } from '../releases/releases.read.ts';
import { type HeldContent, HeldContentRead } from './held-content.read.ts';
import { InstancesRead, type KnownInstance, viewOf } from './instances.read.ts';
import { valueAt } from './ladder.ts';
import type { Place } from './place.ts';

/** Ids that are named of each; beyond that the number speaks. */
const namedIds = 100;

/** The online instances that hold the same of a namespace. */
interface Variant {
  readonly digest: string | null;
  readonly held: HeldContent | undefined;
  readonly holders: readonly KnownInstance[];
  /** All of them hold what they should. */
  readonly isTarget: boolean;
}

/** Who holds which content, and which value of a key, among the online instances. */
@Injectable()
export class SpreadRead {
  readonly #instances: InstancesRead;
  readonly #releases: ReleasesRead;
  readonly #contents: HeldContentRead;
  readonly #clock: Clock;

  constructor(
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(ReleasesRead) releases: ReleasesRead,
    @Inject(HeldContentRead) contents: HeldContentRead,
    @Inject(Clock) clock: Clock,
  ) {
    this.#instances = instances;
    this.#releases = releases;
    this.#contents = contents;
    this.#clock = clock;
  }

  async liveValues(place: Place, namespace: string): Promise<LiveValues> {
    const { online, variants } = await this.#variants(place, namespace);
    return {
      online,
      variants: variants.map(({ digest, held, holders, isTarget }) => ({
        digest,
        ...(held && { content: held.content }),
        ...(held?.release && { release: held.release.number }),
        isTarget,
        instanceCount: holders.length,
        instanceIds: idsOf(holders),
      })),
      at: this.#now(),
    };
  }

  async keySpread(place: Place, namespace: string, key: string): Promise<KeySpread> {
    const { online, variants } = await this.#variants(place, namespace);
    const global = (await this.#instances.target(place)).globalOf(namespace);
    const target = global && valueAt(global, key);
    const byValue = Map.groupBy(
      variants.map((variant) => ({ ...variant, ...keyIn(variant, key) })),
      ({ isKnown, value }) =>
        isKnown ? `known ${value === undefined ? '' : canonicalText(value)}` : 'unknown',
    );
    const values = [...byValue.values()].map((alike) => {
      const holders = alike.flatMap((each) => each.holders);
      const { isKnown, value } = alike[0]!;
      return {
        ...(value !== undefined && { value }),
        isKnown,
        instanceCount: holders.length,
        instanceIds: idsOf(holders),
      };
    });
    values.sort((a, b) => b.instanceCount - a.instanceCount);
    return { key, ...(target !== undefined && { target }), online, values, at: this.#now() };
  }

  async #variants(place: Place, namespace: string): Promise<{ online: number; variants: Variant[] }> {
    const row = await this.#releases.namespaceRow(place.environment, place.app, namespace);
    if (!row || row.deletedAt !== null)
      throw new SluiceError('not_found', { what: { en: 'namespace', zh: '命名空间' } });
    const online = (await this.#instances.of(place)).filter((instance) => instance.online);
    const target = await this.#instances.target(place);
    const byDigest = Map.groupBy(online, (instance) =>
      Object.hasOwn(instance.holds, namespace) ? instance.holds[namespace]!.digest : null,
    );
    const variants = await Promise.all(
      [...byDigest].map(async ([digest, holders]) => ({
        digest,
        holders,
        held: digest === null ? undefined : await this.#contents.find(place, namespace, digest),
        isTarget: holders.every(
          (holder) => (viewOf(holder, target).namespaces.get(namespace)?.digest ?? null) === digest,
        ),
      })),
    );
    variants.sort((a, b) => b.holders.length - a.holders.length);
    return { online: online.length, variants };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

const idsOf = (holders: readonly KnownInstance[]): string[] =>
  holders.slice(0, namedIds).map((holder) => holder.instanceId);

/** Holding nothing is known: code defaults count. */
function keyIn({ digest, held }: Variant, key: string): { isKnown: boolean; value: Json | undefined } {
  return { isKnown: digest === null || held !== undefined, value: held && valueAt(held.content, key) };
}
