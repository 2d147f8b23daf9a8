import { randomUUID } from 'node:crypto';
import { SluiceError } from '@sluice/core';
import type { EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { isPostgres } from '../database/returning.ts';
import { updateRow } from '../database/write-rows.ts';
import { NamespaceEntity } from './namespace.entity.ts';

/** Where a namespace is: the parameters of its address. */
export interface Address {
  readonly env: string;
  readonly app: string;
  readonly ns: string;
}

export const addressOf = ({ environment, app, name }: NamespaceEntity): Address => ({
  env: environment,
  app,
  ns: name,
});

/** What a person says of a namespace. */
export type Described = Pick<
  NamespaceEntity,
  'kind' | 'format' | 'description' | 'schema' | 'isPublic' | 'linkId'
>;

/** A namespace in which nobody released anything yet. */
export const newNamespace = ({ env, app, ns }: Address, is: Described, now: number): NamespaceEntity => ({
  id: randomUUID(),
  environment: env,
  app,
  name: ns,
  kind: is.kind,
  format: is.format,
  description: is.description,
  schema: is.schema,
  isPublic: is.isPublic,
  linkId: is.linkId,
  liveReleaseId: null,
  revision: 0,
  releaseCount: 0,
  itemCount: 0,
  deletedAt: null,
  createdAt: now,
});

export const noNamespace = (): SluiceError =>
  new SluiceError('not_found', { what: { en: 'namespace', zh: '命名空间' } });

/** Reads and writes namespaces, inside a transaction or outside: it is told by the manager that it is given. */
export const namespacesStore = {
  /** The row, deleted or not. */
  async at(manager: EntityManager, { env, app, ns }: Address): Promise<NamespaceEntity | undefined> {
    return (await manager.findOneBy(NamespaceEntity, { environment: env, app, name: ns })) ?? undefined;
  },

  /** Takes the row's lock and reads what it says now. Only one writer is beyond this line. */
  async lock(tx: EntityManager, id: string): Promise<NamespaceEntity> {
    const lock = isPostgres(tx) ? { lock: { mode: 'pessimistic_write' as const } } : {};
    return tx.findOneOrFail(NamespaceEntity, { where: { id }, ...lock });
  },

  async insert(tx: EntityManager, row: NamespaceEntity): Promise<void> {
    await tx.insert(NamespaceEntity, row as QueryDeepPartialEntity<NamespaceEntity>);
  },

  async change(tx: EntityManager, id: string, set: Partial<NamespaceEntity>): Promise<void> {
    await updateRow(tx, 'namespace', id, set);
  },
};
