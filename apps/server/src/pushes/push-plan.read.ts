import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, PushPlanBody } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import type { Input } from '../http/input.decorator.ts';
import { planSeenBy } from './plan-seen.ts';
import { ProposalsService } from './proposals.service.ts';
import { PushPlanEntity } from './push-parts.entity.ts';
import { requirePush } from './push-rows.ts';

/** Plans as they were confirmed; of what is only proposed, as they are now. */
@Injectable()
export class PushPlanRead {
  readonly #database: Database;

  readonly #proposals: ProposalsService;

  constructor(@Inject(Database) database: Database, @Inject(ProposalsService) proposals: ProposalsService) {
    this.#database = database;
    this.#proposals = proposals;
  }

  async get({ params, caller }: Input<Contracts['getPushPlan']>): Promise<PushPlanBody> {
    const place = { environment: params.env, app: params.app };
    const push = await requirePush(this.#database.read, place, params.push);
    if (push.state === 'planned')
      return planSeenBy(caller, params.env, await this.#proposals.plan(push, caller));
    const row = await this.#database.read.findOneBy(PushPlanEntity, { pushId: push.id });
    if (row) return planSeenBy(caller, params.env, row.plan);
    // A release to everyone needs no plan: nobody was chosen.
    throw new SluiceError('not_found', { what: { en: 'plan of this push', zh: '该推送的计划' } });
  }
}
