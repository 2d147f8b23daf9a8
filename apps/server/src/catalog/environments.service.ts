import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, Environment } from '@sluice/protocol';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/unique-violation.ts';
import { Clock } from '../env/clock.ts';
import { EnvironmentEntity } from '../feed/change.entity.ts';
import type { Input } from '../http/input.decorator.ts';
import { CatalogRead } from './catalog.read.ts';
import { environmentOf } from './catalog-model.ts';
import { seesEnvironment } from './visible.ts';

/** The environments: isolation, permissions and one revision counter each. */
@Injectable()
export class EnvironmentsService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #catalog: CatalogRead;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#clock = clock;
  }

  async list({ caller }: Input<Contracts['listEnvironments']>): Promise<{ items: Environment[] }> {
    const rows = await this.#catalog.environments();
    return { items: rows.filter((row) => seesEnvironment(caller, row.name)).map(environmentOf) };
  }

  async create({ body, caller }: Input<Contracts['createEnvironment']>): Promise<Environment> {
    const now = this.#clock.now();
    // Revisions begin anew here; a later epoch tells clients that a lower revision is not an older one.
    const row: EnvironmentEntity = {
      name: body.name,
      revision: 0,
      epoch: now,
      protected: body.protected,
      approvals: body.approvals,
      createdAt: now,
    };
    try {
      await this.#database.write(async (tx) => {
        await tx.insert(EnvironmentEntity, row);
        await this.#audit.append(tx, caller, {
          action: 'environment.create',
          environment: row.name,
          target: row.name,
          detail: { protected: row.protected, approvals: row.approvals },
        });
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new SluiceError('already_exists', { what: { en: 'Environment', zh: '环境' }, name: row.name });
    }
    return environmentOf(row);
  }

  async change({ params, body, caller }: Input<Contracts['changeEnvironment']>): Promise<Environment> {
    const was = await this.#catalog.requireEnvironment(params.env);
    await this.#database.write(async (tx) => {
      const { protected: isProtected = was.protected, approvals = was.approvals } = body;
      await tx.update(EnvironmentEntity, { name: params.env }, { protected: isProtected, approvals });
      await this.#audit.append(tx, caller, {
        action: 'environment.change',
        environment: params.env,
        target: params.env,
        detail: {
          protected: { before: was.protected, after: isProtected },
          approvals: { before: was.approvals, after: approvals },
        },
      });
    });
    return environmentOf(await this.#catalog.requireEnvironment(params.env));
  }
}
