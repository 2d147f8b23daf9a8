import { Controller, Inject, Res } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import type { Request, Response } from 'express';
import { type Target, Targets } from '../fleet/targets.ts';
import type { Caller } from '../http/caller.ts';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';

/** The HTTP side of the link, for instances whose socket is down, and the bodies that are too large for a frame. */
@Controller()
export class SnapshotController {
  readonly #targets: Targets;

  constructor(@Inject(Targets) targets: Targets) {
    this.#targets = targets;
  }

  @Operation(contracts.getSnapshot)
  async snapshot(
    @In() { caller }: Input<Contracts['getSnapshot']>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResponseOf<Contracts['getSnapshot']> | undefined> {
    const target = await this.#targetOf(caller);
    response.setHeader('etag', `"${target.rootDigest}"`);
    if ((response.req as Request).get('if-none-match') === `"${target.rootDigest}"`) {
      response.status(304);
      return undefined;
    }
    const { epoch, revision, rootDigest } = target;
    return {
      epoch,
      revision,
      rootDigest,
      namespaces: [...target.namespaces.values()].map((namespace) => namespace.wire),
    };
  }

  /** Named by its digest, so it can be kept for ever; only bodies of the caller's own app are found. */
  @Operation(contracts.getBody)
  async body(
    @In() { caller, params }: Input<Contracts['getBody']>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const target = await this.#targetOf(caller);
    for (const namespace of target.namespaces.values()) {
      if (namespace.digest !== params.digest) continue;
      response.setHeader('cache-control', 'private, max-age=31536000, immutable');
      response.setHeader('content-type', 'text/plain; charset=utf-8');
      return namespace.body;
    }
    throw new SluiceError('not_found', { what: { en: 'body', zh: '内容' } });
  }

  async #targetOf(caller: Caller): Promise<Target> {
    const { environment, app } = caller.principal;
    if (environment === undefined || app === undefined) throw new SluiceError('unauthenticated');
    return this.#targets.get({ environment, app });
  }
}
