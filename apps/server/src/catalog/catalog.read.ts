import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { Database } from '../database/database.ts';
import { EnvironmentEntity } from '../feed/change.entity.ts';
import { AppEntity } from './app.entity.ts';

/** What exists: environments and apps, for every room that is asked about one of them. */
@Injectable()
export class CatalogRead {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  async requireEnvironment(environment: string): Promise<EnvironmentEntity> {
    const row = await this.#database.read.findOneBy(EnvironmentEntity, { name: environment });
    if (!row) throw new SluiceError('not_found', { what: { en: 'environment', zh: '环境' } });
    return row;
  }

  /** An app exists in all environments; either of them missing is a 404 that names it. */
  async requireApp(environment: string, app: string): Promise<AppEntity> {
    await this.requireEnvironment(environment);
    return this.requireAppAnywhere(app);
  }

  async requireAppAnywhere(app: string): Promise<AppEntity> {
    const row = await this.#database.read.findOneBy(AppEntity, { name: app });
    if (!row) throw new SluiceError('not_found', { what: { en: 'app', zh: '应用' } });
    return row;
  }

  environments(): Promise<EnvironmentEntity[]> {
    return this.#database.read.find(EnvironmentEntity, { order: { name: 'ASC' } });
  }

  apps(): Promise<AppEntity[]> {
    return this.#database.read.find(AppEntity, { order: { name: 'ASC' } });
  }
}
