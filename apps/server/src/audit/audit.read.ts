import { Inject, Injectable } from '@nestjs/common';
import {
  type ChainHead,
  type Contracts,
  permissionsIn,
  type QueryOf,
  type ResponseOf,
} from '@sluice/protocol';
import { Brackets, type SelectQueryBuilder } from 'typeorm';
import { Database } from '../database/database.ts';
import { type Caller, requirePermission } from '../http/caller.ts';
import { AuditEntity, SettingEntity } from './audit.entity.ts';
import { toEntry } from './audit-entry.ts';

type Query = QueryOf<Contracts['listAudit']>;

/** The audit as people read it: only the places whose audit they may read. */
@Injectable()
export class AuditRead {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  async list(caller: Caller, query: Query): Promise<ResponseOf<Contracts['listAudit']>> {
    const { environment, app, actor, action, before, after, since, until, limit } = query;
    requirePermission(caller, 'audit:read', {
      ...(environment !== undefined && { environment }),
      ...(app !== undefined && { app }),
    });
    // The head first: rows that are appended meanwhile lie behind it.
    const head = seesAll(caller) ? await this.#head() : undefined;
    const rows = this.#database.read.createQueryBuilder(AuditEntity, 'a');
    if (before !== undefined) rows.andWhere('a.sequence < :before', { before });
    if (after !== undefined) rows.andWhere('a.sequence > :after', { after });
    if (since !== undefined) rows.andWhere('a.at >= :since', { since: Date.parse(since) });
    if (until !== undefined) rows.andWhere('a.at < :until', { until: Date.parse(until) });
    for (const [column, value] of Object.entries({ environment, app, actor, action }))
      if (value !== undefined) rows.andWhere(`a.${column} = :${column}`, { [column]: value });
    onlyVisible(rows, caller);
    const found = await rows
      .orderBy('a.sequence', after === undefined ? 'DESC' : 'ASC')
      .limit(limit + 1)
      .getMany();
    const items = found.slice(0, limit);
    return {
      items: items.map(toEntry),
      ...(found.length > limit && { next: items.at(-1)!.sequence }),
      ...(head && { head }),
    };
  }

  async #head(): Promise<ChainHead> {
    const { value } = await this.#database.read.findOneByOrFail(SettingEntity, { name: 'audit' });
    return { sequence: Number(value.sequence), hash: String(value.hash) };
  }
}

const placesOf = (caller: Caller) =>
  caller.principal.grants.filter((g) => permissionsIn(g).includes('audit:read'));

const seesAll = (caller: Caller): boolean =>
  placesOf(caller).some((g) => g.environment === '*' && g.app === '*');

/** Rows of no environment (users, settings) belong to those who read the audit of everything. */
function onlyVisible(rows: SelectQueryBuilder<AuditEntity>, caller: Caller): void {
  if (seesAll(caller)) return;
  const places = placesOf(caller);
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
