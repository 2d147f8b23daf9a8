import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Push } from '@sluice/protocol';
import { type EntityManager, In } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { EnvironmentEntity } from '../feed/change.entity.ts';
import { approvalsNeeded } from '../releases/approval-needed.ts';
import type { PushEntity } from '../releases/push.entity.ts';
import { ApprovalEntity } from './push-parts.entity.ts';

/** Who has approved what, and whether that is enough. */
@Injectable()
export class Approvals {
  readonly #database: Database;
  readonly #catalog: CatalogRead;

  constructor(@Inject(Database) database: Database, @Inject(CatalogRead) catalog: CatalogRead) {
    this.#database = database;
    this.#catalog = catalog;
  }

  /** Throws unless the environment asks for nobody, enough have approved, or it is an emergency. */
  async require(
    environment: string,
    given: readonly ApprovalEntity[],
    emergency: string | null | undefined,
    hasNewScripts = false,
  ): Promise<void> {
    if (emergency !== undefined && emergency !== null) return;
    const row = await this.#catalog.requireEnvironment(environment);
    const needed = approvalsNeeded(row, hasNewScripts);
    if (given.length >= needed) return;
    throw new SluiceError('approval_required', { environment, needed, given: given.length });
  }

  /** Those that hold for this plan. To everyone is to everyone, whoever joins; else who gets it must be the same. */
  async given(
    manager: EntityManager,
    { id, mode }: Pick<PushEntity, 'id' | 'mode'>,
    planHash: string | null,
  ): Promise<readonly ApprovalEntity[]> {
    const rows = await manager.find(ApprovalEntity, { where: { pushId: id }, order: { at: 'ASC' } });
    return rows.filter((row) => mode === 'global' || row.planHash === planHash);
  }

  /** What is said of approvals, by push; of those for which nobody has to ask, nothing. */
  async of(
    pushes: readonly Pick<PushEntity, 'id' | 'environment' | 'state' | 'proposal'>[],
    manager: EntityManager = this.#database.read,
  ): Promise<ReadonlyMap<string, Push['approval']>> {
    if (pushes.length === 0) return new Map();
    const rows = await manager.find(ApprovalEntity, {
      where: { pushId: In(pushes.map((push) => push.id)) },
      order: { at: 'ASC' },
    });
    const byPush = Map.groupBy(rows, (row) => row.pushId);
    const names = [...new Set(pushes.map((push) => push.environment))];
    const environments = await manager.findBy(EnvironmentEntity, { name: In(names) });
    const needed = new Map(environments.map((row) => [row.name, row]));
    return new Map(
      pushes.flatMap(({ id, environment, state, proposal }) => {
        const given = byPush.get(id) ?? [];
        const row = needed.get(environment);
        const asked = state === 'planned' && row ? approvalsNeeded(row, proposal.hasNewScripts === true) : 0;
        if (asked === 0 && given.length === 0) return [];
        const said = given.map(({ name, at }) => ({ by: name, at: new Date(at).toISOString() }));
        return [[id, { needed: asked > 0 ? asked : given.length, given: said }]] as const;
      }),
    );
  }
}
