import {
  type Answer,
  type Audience,
  type Cohort,
  type Course,
  chooseCohort,
  cohortAudience,
  fullShare,
  growCohort,
  guardrailOf,
  type LabelTerm,
  type PlannedInstance,
  parseSelector,
  type ShareSize,
  selects,
  shareMode,
  stepsOf,
} from '@sluice/core';
import type { PushTarget } from '@sluice/protocol';
import { sha256 } from '../env/sha256.ts';
import { invalidField } from '../http/invalid.ts';

/** Whom a gray reaches in one of its steps. */
export interface Aim {
  readonly audience: Audience;
  /** Where the instances were chosen once and are kept. */
  readonly cohort?: Cohort;
}

type GrayTarget = Extract<PushTarget, { mode: 'gray' }>;

/** What a push keeps to its end: its mode, and the steps and the gate of a gray. */
export function courseOf(target: PushTarget): Course {
  if (target.mode !== 'gray') return { mode: target.mode };
  const { audience, gate, guardrails } = target;
  const isJudged = guardrailOf(guardrails, audience.by) !== undefined;
  if (gate.health && !isJudged)
    throw invalidField('target.gate.health', {
      en: 'without guardrails nobody knows its health: leave one of the two out',
      zh: '没有护栏就无从得知健康状况：请去掉其中一项',
    });
  const { bakeMs, click, health = isJudged } = gate;
  return { mode: 'gray', steps: stepsOfAudience(audience), gate: { bakeMs, click, health } };
}

function stepsOfAudience(audience: GrayTarget['audience']): readonly ShareSize[] {
  switch (audience.by) {
    case 'percent': {
      const steps = stepsOf(audience.steps);
      if (!steps.ok) throw invalidField('target.audience.steps', steps.refusal, 'range');
      return steps.value;
    }
    case 'count':
      return [{ count: audience.count }];
    case 'instances':
    case 'labels':
      return [{ basisPoints: fullShare }];
  }
}

/** The conditions of a selector, or which place of it can't be read. */
export function termsOf(text: string, path: string): readonly LabelTerm[] {
  const terms: Answer<readonly LabelTerm[]> = parseSelector(text);
  if (!terms.ok) throw invalidField(path, terms.refusal);
  return terms.value;
}

/**
 * Whom step `index` of a gray reaches. `before` is the cohort of the step before; a share that began as one stays one
 * to its last step, and one that began by hash too, so that nobody who has it loses it.
 */
export function aimOf(
  target: GrayTarget,
  { seed, index, before }: { readonly seed: string; readonly index: number; readonly before?: Cohort },
  instances: readonly PlannedInstance[],
): Aim {
  const { audience } = target;
  if (audience.by === 'instances')
    return { audience: { who: 'instances', ids: [...new Set(audience.ids)].sort() } };
  if (audience.by === 'labels')
    return { audience: { who: 'labels', all: termsOf(audience.selector, 'target.audience.selector') } };
  const among = audience.among === undefined ? [] : termsOf(audience.among, 'target.audience.among');
  const live = liveAmong(instances, among);
  const size = stepsOfAudience(audience)[index]!;
  const mode = shareMode(size, live.length);
  if (mode === 'everyone')
    return { audience: among.length > 0 ? { who: 'labels', all: among } : { who: 'everyone' } };
  const isPinned = index === 0 ? mode === 'pinned' : before !== undefined;
  if (!isPinned) {
    const { basisPoints } = size as { basisPoints: number };
    return { audience: { who: 'percent', seed, basisPoints, ...(among.length > 0 && { among }) } };
  }
  const cohort = before ? growCohort(before, size, live, sha256) : chooseCohort(seed, size, live, sha256);
  return { audience: cohortAudience(cohort, among), cohort };
}

/** The ids of the instances that are connected and may be chosen. */
function liveAmong(instances: readonly PlannedInstance[], among: readonly LabelTerm[]): string[] {
  return instances
    .filter((instance) => instance.online && selects({ who: 'labels', all: among }, instance))
    .map((instance) => instance.instanceId);
}

/** The ids that a target names. */
export function namedIds(target: PushTarget): readonly string[] {
  if (target.mode === 'single') return [target.instanceId];
  return target.mode === 'gray' && target.audience.by === 'instances' ? target.audience.ids : [];
}
