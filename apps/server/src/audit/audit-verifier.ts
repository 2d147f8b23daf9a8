import { Inject, Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { AuditEntity, SettingEntity } from './audit.entity.ts';
import { type ChainHead, hashOf } from './chain.ts';

/** Where the chain breaks: a row that is `missing`, `altered`, or doesn't follow the one before (`unlinked`). */
export interface ChainFault {
  readonly sequence: number;
  readonly problem: 'missing' | 'altered' | 'unlinked';
}

export interface ChainReport {
  /** Rows that were checked and are as they were written. */
  readonly sound: number;
  /** The first break; absent when the whole chain holds. */
  readonly fault?: ChainFault;
}

const pageSize = 500;

/** Walks the whole chain from its first row to its head. */
@Injectable()
export class AuditVerifier {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  async verify(): Promise<ChainReport> {
    // The head first: rows that are appended meanwhile lie behind it and are left for the next time.
    const { value } = await this.#database.read.findOneByOrFail(SettingEntity, { name: 'audit' });
    const head = value as unknown as ChainHead;
    let last: ChainHead = { sequence: 0, hash: '' };
    while (last.sequence < head.sequence) {
      const rows = await this.#database.read.find(AuditEntity, {
        where: { sequence: MoreThan(last.sequence) },
        order: { sequence: 'ASC' },
        take: pageSize,
      });
      if (rows.length === 0) return broken(last.sequence + 1, 'missing');
      for (const row of rows) {
        const problem = problemOf(row, last);
        if (problem) return broken(problem === 'missing' ? last.sequence + 1 : row.sequence, problem);
        last = { sequence: row.sequence, hash: row.hash };
        if (row.sequence === head.sequence) break;
      }
    }
    return last.hash === head.hash ? { sound: last.sequence } : broken(head.sequence, 'altered');
  }
}

const broken = (sequence: number, problem: ChainFault['problem']): ChainReport => ({
  sound: sequence - 1,
  fault: { sequence, problem },
});

function problemOf(row: AuditEntity, before: ChainHead): ChainFault['problem'] | undefined {
  if (row.sequence !== before.sequence + 1) return 'missing';
  if (row.previousHash !== before.hash) return 'unlinked';
  const { hash, ...said } = row;
  return hashOf(said) === hash ? undefined : 'altered';
}
