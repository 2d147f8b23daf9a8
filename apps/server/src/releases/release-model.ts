import type { ReleaseSummary } from '@sluice/protocol';
import type { ReleaseEntity } from './release.entity.ts';

/** A release without its content. */
export type ReleaseRow = Omit<ReleaseEntity, 'content'>;

/** The columns of a `ReleaseRow`: lists never carry contents. */
export const summaryColumns = {
  id: true,
  namespaceId: true,
  number: true,
  revision: true,
  kind: true,
  digest: true,
  sizeBytes: true,
  message: true,
  author: true,
  restored: true,
  pushId: true,
  createdAt: true,
} as const satisfies Record<keyof ReleaseRow, true>;

export function releaseSummaryOf(row: ReleaseRow): ReleaseSummary {
  return {
    number: row.number,
    revision: row.revision,
    kind: row.kind,
    digest: row.digest,
    sizeBytes: row.sizeBytes,
    message: row.message,
    author: row.author,
    createdAt: new Date(row.createdAt).toISOString(),
    ...(row.restored !== null && { restored: row.restored }),
    ...(row.pushId !== null && { pushId: row.pushId }),
  };
}
