import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { App, Contracts } from '@sluice/protocol';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/unique-violation.ts';
import { Clock } from '../env/clock.ts';
import type { Input } from '../http/input.decorator.ts';
import { AppEntity } from './app.entity.ts';
import { CatalogRead } from './catalog.read.ts';
import { appOf } from './catalog-model.ts';
import { requireAppEverywhere, seesApp } from './visible.ts';

/** The apps, the same in every environment. */
@Injectable()
export class AppsService {
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

  async list({ caller }: Input<Contracts['listApps']>): Promise<{ items: App[] }> {
    const rows = await this.#catalog.apps();
    return { items: rows.filter((row) => seesApp(caller, row.name)).map(appOf) };
  }

  async create({ body, caller }: Input<Contracts['createApp']>): Promise<App> {
    requireAppEverywhere(caller, body.name);
    const row: AppEntity = { ...body, createdAt: this.#clock.now() };
    try {
      await this.#database.write(async (tx) => {
        await tx.insert(AppEntity, row);
        await this.#audit.append(tx, caller, {
          action: 'app.create',
          app: row.name,
          target: row.name,
          detail: { title: row.title, owner: row.owner },
        });
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new SluiceError('already_exists', { what: { en: 'App', zh: '应用' }, name: row.name });
    }
    return appOf(row);
  }

  async change({ params, body, caller }: Input<Contracts['changeApp']>): Promise<App> {
    const was = await this.#catalog.requireAppAnywhere(params.app);
    requireAppEverywhere(caller, params.app);
    const { title = was.title, owner = was.owner } = body;
    await this.#database.write(async (tx) => {
      await tx.update(AppEntity, { name: params.app }, { title, owner });
      await this.#audit.append(tx, caller, {
        action: 'app.change',
        app: params.app,
        target: params.app,
        detail: { before: { title: was.title, owner: was.owner }, after: { title, owner } },
      });
    });
    return appOf({ ...was, title, owner });
  }
}
