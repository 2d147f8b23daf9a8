import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, PushPlanBody } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import type { Input } from '../http/input.decorator.ts';
import { PushPlanEntity } from './push-parts.entity.ts';
import { requirePush } from './push-rows.ts';

/** Plans as they were confirmed. */
@Injectable()
export class PushPlanRead {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  async get({ params }: Input<Contracts['getPushPlan']>): Promise<PushPlanBody> {
    const place = { environment: params.env, app: params.app };
    const { id } = await requirePush(this.#database.read, place, params.push);
    const row = await this.#database.read.findOneBy(PushPlanEntity, { pushId: id });
    if (row) return row.plan;
    // A release to everyone needs no plan: nobody was chosen.
    throw new SluiceError('not_found', { what: { en: 'plan of this push', zh: '该推送的计划' } });
  }
}
