import { Inject, Injectable } from '@nestjs/common';
import { type Content, SluiceError } from '@sluice/core';
import type { InstanceDetail, LiveValues } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import type { ReleaseEntity } from '../releases/release.entity.ts';
import { ReleasesRead } from '../releases/releases.read.ts';
import { InstancesRead, instanceOf, type KnownInstance } from './instances.read.ts';
import type { Place } from './place.ts';

/** Ids that a variant names; beyond that the number speaks. */
const namedIds = 100;
const iso = (at: number): string => new Date(at).toISOString();

/** What one instance holds against what it should, and who holds which value. */
@Injectable()
export class InstanceDetailRead {
  readonly #instances: InstancesRead;
  readonly #releases: ReleasesRead;
  readonly #clock: Clock;

  constructor(
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(ReleasesRead) releases: ReleasesRead,
    @Inject(Clock) clock: Clock,
  ) {
    this.#instances = instances;
    this.#releases = releases;
    this.#clock = clock;
  }

  async require(place: Place, instanceId: string): Promise<KnownInstance> {
    const known = await this.#instances.find(place, instanceId);
    if (!known) throw new SluiceError('not_found', { what: { en: 'instance', zh: '实例' } });
    return known;
  }

  async detail(place: Place, instanceId: string): Promise<InstanceDetail> {
    const known = await this.require(place, instanceId);
    const target = await this.#instances.target(place);
    const names = new Set([...Object.keys(known.holds), ...target.namespaces.keys()]);
    return {
      ...instanceOf(known, target),
      bootId: known.bootId,
      ...(known.nodeId !== null && { node: known.nodeId }),
      ...(known.remoteAddress !== '' && { remoteAddress: known.remoteAddress }),
      ready: known.ready,
      namespaces: await Promise.all(
        [...names].sort().map(async (name) => {
          const holding = Object.hasOwn(known.holds, name) ? known.holds[name] : undefined;
          const expected = target.namespaces.get(name);
          const held = holding && (await this.heldRelease(place, name, holding.digest));
          return {
            name,
            ...(holding && { digest: holding.digest, appliedAt: iso(holding.at) }),
            ...(held && { release: held.number, revision: held.revision }),
            ...(expected && { expectedDigest: expected.digest, expectedRelease: expected.release }),
            inSync: holding?.digest === expected?.digest,
            ...(holding?.error !== undefined && { error: holding.error }),
          };
        }),
      ),
    };
  }

  /** The newest release with exactly this content, if there ever was one. */
  async heldRelease(place: Place, namespace: string, digest: string): Promise<ReleaseEntity | undefined> {
    const row = await this.#releases.namespaceRow(place.environment, place.app, namespace);
    return row && this.#releases.releaseByDigest(row.id, digest);
  }

  async liveValues(place: Place, namespace: string): Promise<LiveValues> {
    const row = await this.#releases.namespaceRow(place.environment, place.app, namespace);
    if (!row || row.deletedAt !== null)
      throw new SluiceError('not_found', { what: { en: 'namespace', zh: '命名空间' } });
    const online = (await this.#instances.of(place)).filter((instance) => instance.online);
    const expected = (await this.#instances.target(place)).namespaces.get(namespace)?.digest ?? null;
    const byDigest = Map.groupBy(online, (instance) =>
      Object.hasOwn(instance.holds, namespace) ? instance.holds[namespace]!.digest : null,
    );
    const variants = await Promise.all(
      [...byDigest].map(async ([digest, holders]) => {
        const release = digest === null ? undefined : await this.#releases.releaseByDigest(row.id, digest);
        return {
          digest,
          ...(release && { release: release.number, content: JSON.parse(release.content) as Content }),
          isTarget: digest === expected,
          instanceCount: holders.length,
          instanceIds: holders.slice(0, namedIds).map((holder) => holder.instanceId),
        };
      }),
    );
    variants.sort((a, b) => b.instanceCount - a.instanceCount);
    return { online: online.length, variants, at: iso(this.#clock.now()) };
  }
}
