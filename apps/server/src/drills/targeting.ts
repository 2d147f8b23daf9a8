import { chooseCohort, parseSelector, selects } from '@sluice/core';
import type { DrillDefinition, DrillTargets } from '@sluice/protocol';
import { sha256 } from '../env/sha256.ts';
import { invalidField } from '../http/invalid.ts';
import { termsOf } from '../pushes/aim.ts';

/** An instance that may be chosen. */
export interface Candidate {
  readonly instanceId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly online: boolean;
}

/** A share of a fleet has two decimals. */
const basisPoints = (percent: number): number => Math.max(1, Math.round(percent * 100));

/** Whom a drill would be in, by id: of a share the first by hash under the drill's title, so that it is the same ones each time. */
export function targetsOf(
  { targets, title }: DrillDefinition,
  candidates: readonly Candidate[],
): Candidate[] {
  const chosen = new Set(idsOf(targets, title, candidates));
  return candidates.filter(({ instanceId }) => chosen.has(instanceId));
}

function idsOf(targets: DrillTargets, seed: string, candidates: readonly Candidate[]): readonly string[] {
  const online = candidates.filter((candidate) => candidate.online);
  const among = (selector: string | undefined): string[] => {
    if (selector === undefined) return online.map(({ instanceId }) => instanceId);
    const all = termsOf(selector, 'targets');
    return online.filter((one) => selects({ who: 'labels', all }, one)).map(({ instanceId }) => instanceId);
  };
  switch (targets.by) {
    case 'all':
      return among(undefined);
    case 'labels':
      return among(targets.selector);
    case 'instances':
      return targets.ids;
    case 'percent':
    case 'count': {
      const live = among(targets.among);
      if (live.length === 0) return [];
      const size =
        targets.by === 'count' ? { count: targets.count } : { basisPoints: basisPoints(targets.percent) };
      return chooseCohort(seed, size, live, sha256).members.map(({ instanceId }) => instanceId);
    }
  }
}

/** Refuses a selector that can't be read, and an id that no instance ever had. `at`: where the definition lies. */
export function checkTargets(targets: DrillTargets, known: ReadonlySet<string>, at: string): void {
  const field = targets.by === 'labels' ? 'selector' : 'among';
  const selector =
    targets.by === 'labels' ? targets.selector : 'among' in targets ? targets.among : undefined;
  if (selector !== undefined) {
    const terms = parseSelector(selector);
    if (!terms.ok) throw invalidField(`${at}targets.${field}`, terms.refusal);
  }
  if (targets.by !== 'instances') return;
  const unknown = targets.ids.findIndex((id) => !known.has(id));
  if (unknown < 0) return;
  throw invalidField(`${at}targets.ids.${unknown}`, {
    en: `is no instance of this app: "${targets.ids[unknown]}"`,
    zh: `不是该应用的实例：“${targets.ids[unknown]}”`,
  });
}
