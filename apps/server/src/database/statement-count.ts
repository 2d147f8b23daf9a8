import type { Logger } from 'typeorm';

/** What a statement does: how many there are tells whether work grows with instances or with namespaces. */
export type StatementKind = 'read' | 'write' | 'other';

const isRead = /^\s*SELECT\b/i;
const isWrite = /^\s*(INSERT|UPDATE|DELETE)\b/i;

/** Hears of every statement from TypeORM, which tells its logger, and counts it. */
export class StatementCount implements Logger {
  readonly #count: (kind: StatementKind) => void;

  constructor(count: (kind: StatementKind) => void = () => undefined) {
    this.#count = count;
  }

  logQuery(statement: string): void {
    this.#count(isRead.test(statement) ? 'read' : isWrite.test(statement) ? 'write' : 'other');
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
