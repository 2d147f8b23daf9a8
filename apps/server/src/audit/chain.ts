import { createHash } from 'node:crypto';
import { canonicalText } from '@sluice/core';
import type { AuditEntity } from './audit.entity.ts';

/** What the chain says is the newest row. `sequence` 0 is an audit without rows. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** SHA-256 over the previous row's hash and the canonical text of this one; edit one row and all later ones are wrong. */
export function hashOf(row: Omit<AuditEntity, 'hash'>): string {
  const { previousHash, ...said } = row;
  return createHash('sha256').update(previousHash).update('\n').update(canonicalText(said)).digest('hex');
}
