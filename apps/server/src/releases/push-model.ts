import { applyStates, type ErrorText, type Health } from '@sluice/core';
import type { Push, PushCounts, Verdict } from '@sluice/protocol';
import type { PushEntity, PushNamespaceEntity } from './push.entity.ts';

const noCounts = Object.fromEntries(applyStates.map((state) => [state, 0])) as PushCounts;

/** The verdict before any target is known: all zero. */
export function emptyVerdict(now: number): Verdict {
  return { holding: 0, targets: 0, counts: { ...noCounts }, at: new Date(now).toISOString() };
}

/** What is not in the rows of a push: how its targets do, what its step waits for, who approved it. */
export type PushFacts = Pick<Push, 'verdict'> &
  Partial<Pick<Push, 'approval'>> & { readonly waits?: Waits; readonly health?: HealthFact };

interface HealthFact {
  readonly health: Health;
  readonly sinceMs: number;
  readonly why?: ErrorText;
}
type Waits = NonNullable<Push['step']>['waits'];

export function pushOf(
  row: PushEntity,
  namespaces: readonly PushNamespaceEntity[],
  { verdict, waits = [], approval, health }: PushFacts,
): Push {
  const step = stepOf(row, waits);
  return {
    id: row.id,
    environment: row.environment,
    app: row.app,
    mode: row.mode,
    state: row.state,
    namespaces: namespaces.map(({ namespace, release, digest, keys }) => ({
      name: namespace,
      ...(release !== null && { release }),
      ...(digest !== null && { digest }),
      keys: [...keys],
    })),
    target: row.target,
    revision: row.revision,
    ...(step && { step }),
    ...(health && { health: healthOf(health) }),
    ...(row.expiresAt !== null && { expiresAt: new Date(row.expiresAt).toISOString() }),
    twoPhase: row.twoPhase,
    ...(approval && { approval }),
    ...(row.emergency !== null && { emergency: row.emergency }),
    ...(endedOf(row) && { ended: endedOf(row) }),
    ...(row.of !== null && { of: row.of }),
    createdBy: row.createdBy,
    createdAt: new Date(row.createdAt).toISOString(),
    message: row.message,
    verdict,
  };
}

function healthOf({ health: is, sinceMs, why }: HealthFact): NonNullable<Push['health']> {
  return { is, since: new Date(sinceMs).toISOString(), ...(why && { why: { en: why.en, zh: why.zh } }) };
}

function endedOf({ ended, stateData }: PushEntity): Push['ended'] {
  if (ended) return ended;
  return stateData.state === 'abandoned' ? { reason: stateData.reason } : undefined;
}

/** Where a gray is, as long as it has steps to go, or stopped at one. */
function stepOf({ course, stateData, target }: PushEntity, waits: Waits): Push['step'] {
  if (course.mode !== 'gray' || !('step' in stateData)) return undefined;
  const { step: index } = stateData;
  const size = course.steps[index];
  const isShare = target.mode === 'gray' && target.audience.by === 'percent';
  return {
    index,
    of: course.steps.length,
    ...(isShare && size && 'basisPoints' in size && { percent: size.basisPoints / 100 }),
    since: new Date('since' in stateData ? stateData.since : stateData.at).toISOString(),
    waits,
  };
}
