import { Inject, Injectable } from '@nestjs/common';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { type Address, namespacesStore, noNamespace } from './namespaces.store.ts';

/** Finds the namespace that a request speaks of, or says what of its address doesn't exist. */
@Injectable()
export class NamespaceFinder {
  readonly #database: Database;
  readonly #catalog: CatalogRead;

  constructor(@Inject(Database) database: Database, @Inject(CatalogRead) catalog: CatalogRead) {
    this.#database = database;
    this.#catalog = catalog;
  }

  async existing(address: Address): Promise<NamespaceEntity> {
    const row = await this.everExisted(address);
    if (row.deletedAt !== null) throw noNamespace();
    return row;
  }

  /** Deleted ones too: their history is kept, and a rollback brings them back. */
  async everExisted(address: Address): Promise<NamespaceEntity> {
    const row = await namespacesStore.at(this.#database.read, address);
    if (row) return row;
    await this.#catalog.requireApp(address.env, address.app);
    throw noNamespace();
  }
}
