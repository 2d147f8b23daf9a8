import { Inject, Injectable } from '@nestjs/common';
import { type AuditEntry, type Contracts, permissionsOf, type QueryOf } from '@sluice/protocol';
import { Brackets, type SelectQueryBuilder } from 'typeorm';
import { Database } from '../database/database.ts';
import { type Caller, requirePermission } from '../http/caller.ts';
import { AuditEntity } from './audit.entity.ts';

type Query = QueryOf<Contracts['listAudit']>;

/** The audit as people read it: only the places whose audit they may read. */
@Injectable()
export class AuditRead {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  async list(caller: Caller, query: Query): Promise<{ items: AuditEntry[]; next?: number }> {
    const { environment, app, actor, action, before, limit } = query;
    requirePermission(caller, 'audit:read', {
      ...(environment !== undefined && { environment }),
      ...(app !== undefined && { app }),
    });
    const rows = this.#database.read.createQueryBuilder(AuditEntity, 'a');
    if (before !== undefined) rows.andWhere('a.sequence < :before', { before });
    for (const [column, value] of Object.entries({ environment, app, actor, action }))
      if (value !== undefined) rows.andWhere(`a.${column} = :${column}`, { [column]: value });
    onlyVisible(rows, caller);
    const found = await rows
      .orderBy('a.sequence', 'DESC')
      .limit(limit + 1)
      .getMany();
    const items = found.slice(0, limit);
    return { items: items.map(toEntry), ...(found.length > limit && { next: items.at(-1)!.sequence }) };
  }
}

/** Rows of no environment (users, settings) belong to those who read the audit of everything. */
function onlyVisible(rows: SelectQueryBuilder<AuditEntity>, caller: Caller): void {
  const places = caller.principal.grants.filter((g) => permissionsOf[g.role].includes('audit:read'));
  if (places.some((g) => g.environment === '*' && g.app === '*')) return;
  rows.andWhere(
    new Brackets((any) => {
      places.forEach((place, i) => {
        any.orWhere(
          new Brackets((all) => {
            if (place.environment !== '*')
              all.andWhere(`a.environment = :e${i}`, { [`e${i}`]: place.environment });
            if (place.app !== '*') all.andWhere(`a.app = :a${i}`, { [`a${i}`]: place.app });
          }),
        );
      });
    }),
  );
}

function toEntry(row: AuditEntity): AuditEntry {
  return {
    sequence: row.sequence,
    at: new Date(row.at).toISOString(),
    actor: row.actor,
    actorKind: row.actorKind,
    remoteAddress: row.remoteAddress,
    via: row.via,
    action: row.action,
    ...(row.environment !== null && { environment: row.environment }),
    ...(row.app !== null && { app: row.app }),
    target: row.target,
    ...(row.revision !== null && { revision: row.revision }),
    detail: row.detail,
  };
}
