import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { type FindOptionsWhere, In, LessThan } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { readableApps } from '../catalog/visible.ts';
import { Database } from '../database/database.ts';
import { ChangeEntity } from '../feed/change.entity.ts';
import { requirePermission } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';

type Changes = ResponseOf<Contracts['listChanges']>;

/** The change log of an environment as people read it: of the apps whose configs they may read. */
@Injectable()
export class ChangesRead {
  readonly #database: Database;
  readonly #catalog: CatalogRead;

  constructor(@Inject(Database) database: Database, @Inject(CatalogRead) catalog: CatalogRead) {
    this.#database = database;
    this.#catalog = catalog;
  }

  /** A page ends between two revisions, never inside one: the cursor is a revision. */
  async list({ params, query, caller }: Input<Contracts['listChanges']>): Promise<Changes> {
    const { env } = params;
    const { app, limit, before, kind, actor } = query;
    if (app === undefined) await this.#catalog.requireEnvironment(env);
    else {
      requirePermission(caller, 'config:read', { environment: env, app });
      await this.#catalog.requireApp(env, app);
    }
    const apps = app === undefined ? readableApps(caller, env) : [app];
    const where = {
      environment: env,
      ...(apps !== 'all' && { app: In(apps) }),
      ...(kind !== undefined && { kind }),
      ...(actor !== undefined && { actor }),
    };
    const rows = await this.#page(
      { ...where, ...(before !== undefined && { revision: LessThan(before) }) },
      limit + 1,
    );
    if (rows.length <= limit) return { items: rows.map(changeOf) };
    const cut = rows.at(-1)!.revision;
    const whole = rows.filter((row) => row.revision > cut);
    // One revision may hold more than a page; it is given whole all the same.
    const items = whole.length > 0 ? whole : await this.#page({ ...where, revision: cut });
    return { items: items.map(changeOf), next: items.at(-1)!.revision };
  }

  #page(where: FindOptionsWhere<ChangeEntity>, take?: number): Promise<ChangeEntity[]> {
    return this.#database.read.find(ChangeEntity, {
      where,
      order: { revision: 'DESC', namespace: 'ASC' },
      ...(take !== undefined && { take }),
    });
  }
}

const changeOf = (row: ChangeEntity): Changes['items'][number] => ({
  revision: row.revision,
  at: new Date(row.at).toISOString(),
  actor: row.actor,
  kind: row.kind,
  app: row.app,
  namespace: row.namespace,
  ...(row.release !== null && { release: row.release }),
  message: row.message,
  ...(row.pushId !== null && { pushId: row.pushId }),
});
