import type { Dialect } from './database.ts';

/** One step of the tables' history: statements for either database. Once released, never edited. */
export interface Migration {
  readonly name: string;
  statements(dialect: Dialect): readonly string[];
}
