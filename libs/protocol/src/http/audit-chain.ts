import { canonicalText, type Hash } from '@sluice/core';
import type { AuditEntry } from './audit.ts';

/** What a chain ends with. `sequence` 0 is an audit without rows. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/**
 * Where a chain breaks: a row that is `missing`, `altered`, doesn't follow the one before (`unlinked`), or is sound by
 * itself and not the one that was there when its hash was noted (`replaced`).
 */
export interface ChainFault {
  readonly sequence: number;
  readonly problem: 'missing' | 'altered' | 'unlinked' | 'replaced';
}

/**
 * What the hash of a row is over: SHA-256 of this text, in lower-case hex, is its `hash`. One row that is edited,
 * taken out or put in makes every later hash wrong, so that whoever kept a newer one elsewhere can tell.
 */
export function auditText({ hash: _, previousHash, ...row }: AuditEntry): string {
  const said = {
    ...row,
    at: Date.parse(row.at),
    environment: row.environment ?? null,
    app: row.app ?? null,
    revision: row.revision ?? null,
  };
  return `${previousHash}\n${canonicalText(said)}`;
}

/** Walks an audit from its first row on and recomputes every hash by itself. */
export class ChainCheck {
  readonly #hash: Hash;
  readonly #noted: ReadonlyMap<number, string>;
  /** The last row that is as it was written, and so are all before it. */
  sound: ChainHead;

  /**
   * `noted`: hashes of rows as they are known from elsewhere; the head that the server names is one of them. `from`:
   * the row before the first that is walked, for a part of an audit.
   */
  constructor(hash: Hash, noted: readonly ChainHead[] = [], from: ChainHead = { sequence: 0, hash: '' }) {
    this.#hash = hash;
    this.sound = from;
    this.#noted = new Map(noted.map((head) => [head.sequence, head.hash]));
  }

  /** The next row; gives the break, if it is one. */
  next(row: AuditEntry): ChainFault | undefined {
    const { sequence, previousHash, hash } = row;
    if (sequence !== this.sound.sequence + 1)
      return { sequence: this.sound.sequence + 1, problem: 'missing' };
    if (previousHash !== this.sound.hash) return { sequence, problem: 'unlinked' };
    if (this.#hash(auditText(row)) !== hash) return { sequence, problem: 'altered' };
    if ((this.#noted.get(sequence) ?? hash) !== hash) return { sequence, problem: 'replaced' };
    this.sound = { sequence, hash };
    return undefined;
  }

  /** After the last row: gives the break, if rows that were there once are not. */
  end(): ChainFault | undefined {
    const { sequence } = this.sound;
    return Math.max(0, ...this.#noted.keys()) > sequence
      ? { sequence: sequence + 1, problem: 'missing' }
      : undefined;
  }
}
