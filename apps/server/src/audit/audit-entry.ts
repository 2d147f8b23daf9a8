import type { AuditEntry } from '@sluice/protocol';
import type { AuditEntity } from './audit.entity.ts';

/** A row as it is told, and as its hash is taken. */
export function toEntry(row: AuditEntity): AuditEntry {
  return {
    sequence: row.sequence,
    at: new Date(row.at).toISOString(),
    actor: row.actor,
    actorId: row.actorId,
    actorKind: row.actorKind,
    remoteAddress: row.remoteAddress,
    via: row.via,
    action: row.action,
    ...(row.environment !== null && { environment: row.environment }),
    ...(row.app !== null && { app: row.app }),
    target: row.target,
    ...(row.revision !== null && { revision: row.revision }),
    detail: row.detail,
    previousHash: row.previousHash,
    hash: row.hash,
  };
}
