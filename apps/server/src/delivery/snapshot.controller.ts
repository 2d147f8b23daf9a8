import { Controller, Inject, Res } from '@nestjs/common';
import { layeredDigest, SluiceError } from '@sluice/core';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import type { Request, Response } from 'express';
import { Clock } from '../env/clock.ts';
import { sha256 } from '../env/sha256.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import type { Place } from '../fleet/place.ts';
import { Targets } from '../fleet/targets.ts';
import type { Caller } from '../http/caller.ts';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';

/** The HTTP side of the link, for instances whose socket is down, and the bodies that are too large for a frame. */
@Controller()
export class SnapshotController {
  readonly #targets: Targets;
  readonly #instances: InstancesRead;
  readonly #clock: Clock;

  constructor(
    @Inject(Targets) targets: Targets,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(Clock) clock: Clock,
  ) {
    this.#targets = targets;
    this.#instances = instances;
    this.#clock = clock;
  }

  @Operation(contracts.getSnapshot)
  async snapshot(
    @In() { caller, query }: Input<Contracts['getSnapshot']>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResponseOf<Contracts['getSnapshot']> | undefined> {
    const place = placeOf(caller);
    const target = await this.#targets.get(place);
    const labels =
      query.labels === undefined
        ? await this.#instances.labelsOf(place, query.instanceId)
        : (JSON.parse(query.labels) as Record<string, string>);
    const now = this.#clock.now();
    const { rootDigest, namespaces } = target.viewAt({ instanceId: query.instanceId, labels }, now);
    const etag = `"${layeredDigest(namespaces.values(), sha256)}"`;
    response.setHeader('etag', etag);
    // What has an end is told again: how much time is left is not in any digest.
    const hasTimeBox = [...namespaces.values()].some((namespace) => namespace.hasTimeBox);
    if (!hasTimeBox && (response.req as Request).get('if-none-match') === etag) {
      response.status(304);
      return undefined;
    }
    const { epoch, revision } = target;
    return {
      epoch,
      revision,
      rootDigest,
      namespaces: [...namespaces.values()].map((namespace) => namespace.wire(now)),
    };
  }

  /** Named by its digest, so it can be kept for ever; only bodies of the caller's own app are found. */
  @Operation(contracts.getBody)
  async body(
    @In() { caller, params }: Input<Contracts['getBody']>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const body = (await this.#targets.get(placeOf(caller))).bodyOf(params.digest);
    if (body === undefined) throw new SluiceError('not_found', { what: { en: 'body', zh: '内容' } });
    response.setHeader('cache-control', 'private, max-age=31536000, immutable');
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    return body;
  }
}

function placeOf(caller: Caller): Place {
  const { environment, app } = caller.principal;
  if (environment === undefined || app === undefined) throw new SluiceError('unauthenticated');
  return { environment, app };
}
