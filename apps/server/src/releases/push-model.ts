import { applyStates } from '@sluice/core';
import type { Push, PushCounts, Verdict } from '@sluice/protocol';
import type { PushEntity } from './push.entity.ts';

const noCounts = Object.fromEntries(applyStates.map((state) => [state, 0])) as PushCounts;

/** The verdict before any target is known: all zero. */
export function emptyVerdict(now: number): Verdict {
  return { holding: 0, targets: 0, counts: { ...noCounts }, at: new Date(now).toISOString() };
}

export function pushOf(row: PushEntity, verdict: Verdict): Push {
  return {
    id: row.id,
    environment: row.environment,
    app: row.app,
    namespace: row.namespace,
    mode: row.mode,
    state: row.state,
    release: row.release,
    revision: row.revision,
    digest: row.digest,
    createdBy: row.createdBy,
    createdAt: new Date(row.createdAt).toISOString(),
    message: row.message,
    verdict,
  };
}
