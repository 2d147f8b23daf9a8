import { Inject, Injectable } from '@nestjs/common';
import type { InstanceDetail } from '@sluice/protocol';
import { ReleasesRead } from '../releases/releases.read.ts';
import { InstancesRead, instanceOf, viewOf } from './instances.read.ts';
import type { Place } from './place.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** What one instance holds against what it should. */
@Injectable()
export class InstanceDetailRead {
  readonly #instances: InstancesRead;
  readonly #releases: ReleasesRead;

  constructor(@Inject(InstancesRead) instances: InstancesRead, @Inject(ReleasesRead) releases: ReleasesRead) {
    this.#instances = instances;
    this.#releases = releases;
  }

  async detail(place: Place, instanceId: string): Promise<InstanceDetail> {
    const known = await this.#instances.require(place, instanceId);
    const target = await this.#instances.target(place);
    const { namespaces } = viewOf(known, target);
    const names = new Set([...Object.keys(known.holds), ...namespaces.keys()]);
    const digests = Object.values(known.holds).map(({ digest }) => digest);
    const releaseOf = await this.#releases.releasesOf(place, digests);
    return {
      ...instanceOf(known, target),
      bootId: known.bootId,
      ...(known.nodeId !== null && { node: known.nodeId }),
      ...(known.remoteAddress !== '' && { remoteAddress: known.remoteAddress }),
      ready: known.ready,
      namespaces: [...names].sort().map((name) => {
        const holding = Object.hasOwn(known.holds, name) ? known.holds[name] : undefined;
        const expected = namespaces.get(name);
        const release = holding && releaseOf(name, holding.digest);
        return {
          name,
          ...(holding && { digest: holding.digest, appliedAt: iso(holding.at) }),
          ...(release && { release: release.number, revision: release.revision }),
          ...(expected && { expectedDigest: expected.digest }),
          ...(expected?.release !== undefined && { expectedRelease: expected.release }),
          inSync: holding?.digest === expected?.digest,
          ...(holding?.error !== undefined && { error: holding.error }),
        };
      }),
    };
  }
}
