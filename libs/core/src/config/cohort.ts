import type { PinnedAudience } from './audience.ts';
import { byHash, fullShare } from './bucket.ts';
import type { Hash } from './digest.ts';
import type { LabelTerm } from './select.ts';

/** How much of the fleet a gray asks for: a share in basis points of 10,000, or a number of instances. */
export type ShareSize = { readonly basisPoints: number } | { readonly count: number };

/** How a share is drawn: by hash whoever comes, pinned to instances that were chosen once, or simply everyone. */
export type ShareMode = 'percent' | 'pinned' | 'everyone';

/** Below so many live instances, chance decides too much about how many a hash picks. */
export const pinnedBelow = 200;

/** A member that is gone for so long is replaced. */
export const cohortGraceMs = 60_000;

export interface CohortMember {
  readonly instanceId: string;
  /** When it was first seen missing, in ms; absent while it is live. */
  readonly goneSince?: number;
}

/** The instances of a pinned gray, as they are stored. `wanted` is settled when it is chosen or grown, not by joins. */
export interface Cohort {
  readonly seed: string;
  readonly size: ShareSize;
  readonly wanted: number;
  readonly members: readonly CohortMember[];
}

/** A cohort after a look at who is live. `cohort` is the same object when nothing changed. */
export interface CohortTurn {
  readonly cohort: Cohort;
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/**
 * How to draw a share when a gray begins. Keep the answer for its later steps, or members would change; only the full
 * share always means everyone, newcomers too. 20 instances at 10 % by hash would pick nobody in one gray of eight.
 */
export function shareMode(size: ShareSize, liveCount: number): ShareMode {
  if ('count' in size) return 'pinned';
  if (size.basisPoints >= fullShare) return 'everyone';
  return liveCount < pinnedBelow ? 'pinned' : 'percent';
}

/** How many members a share of `liveCount` instances has: the share of them rounded up, or the count; at least 1. */
export function wantedOf(size: ShareSize, liveCount: number): number {
  if ('count' in size) return Math.max(1, size.count);
  return Math.max(1, Math.ceil((size.basisPoints * liveCount) / fullShare));
}

/** Chooses a cohort from the live instances: the first by hash under the seed. */
export function chooseCohort(seed: string, size: ShareSize, live: readonly string[], hash: Hash): Cohort {
  return growCohort({ seed, size, wanted: 0, members: [] }, size, live, hash);
}

/** The cohort of the next step: all members stay, the next by hash come. No step takes anybody out. */
export function growCohort(cohort: Cohort, size: ShareSize, live: readonly string[], hash: Hash): Cohort {
  const wanted = Math.max(cohort.wanted, wantedOf(size, new Set(live).size));
  const missing = Math.max(0, wanted - cohort.members.length);
  const more = candidates(cohort.seed, cohort.members, live, hash).slice(0, missing);
  return {
    ...cohort,
    size,
    wanted,
    members: [...cohort.members, ...more.map((instanceId) => ({ instanceId }))],
  };
}

/**
 * Looks at who is live, at `now` in ms. What is promised:
 * - a live member stays, and nobody else joins while all members are live, however many instances come and go;
 * - a member that is gone for 60 s gives its place to the next by hash, if there is one; until then it is awaited. When
 *   the fleet has shrunk so far that its share is full without the place, the place goes too: 10 % stay 10 %;
 * - a cohort of two or more that has no live member left gets one at once, so that a restart of the whole fleet under
 *   new ids doesn't leave it empty. It never has more than one member above `wanted`.
 *
 * `live` are the instances that may be members. After a start of the server, wait a grace before the first look: those
 * that have not come back yet are not gone.
 */
export function keepCohort(cohort: Cohort, live: readonly string[], now: number, hash: Hash): CohortTurn {
  const isLive = new Set(live);
  const { seed, size, wanted } = cohort;
  const places = Math.min(wanted, wantedOf(size, isLive.size));
  let members = cohort.members.map(({ instanceId, goneSince }): CohortMember => {
    if (isLive.has(instanceId)) return { instanceId };
    // A clock that was set back begins the grace again instead of stretching it.
    return { instanceId, goneSince: Math.min(goneSince ?? now, now) };
  });
  let next: string[] | undefined;
  const join = (): boolean => {
    next ??= candidates(seed, cohort.members, live, hash);
    const instanceId = next.shift();
    if (instanceId !== undefined) members.push({ instanceId });
    return instanceId !== undefined;
  };
  const drop = (member: CohortMember): void => {
    members = members.filter((other) => other !== member);
  };

  for (const lost of goneLongest(members)) {
    if (now - lost.goneSince! < cohortGraceMs) break;
    if (members.length > places || join()) drop(lost);
  }
  while (members.length < places && join());
  if (wanted > 1 && members.every((member) => member.goneSince !== undefined) && join()) {
    const [longest] = goneLongest(members);
    if (members.length > wanted + 1 && longest) drop(longest);
  }

  const [before, after] = [cohort.members, members].map((all) => new Set(all.map((m) => m.instanceId)));
  const joined = [...after!].filter((id) => !before!.has(id));
  const left = [...before!].filter((id) => !after!.has(id));
  const isSame =
    joined.length + left.length === 0 &&
    members.every((member, index) => member.goneSince === cohort.members[index]!.goneSince);
  return { cohort: isSame ? cohort : { ...cohort, members }, joined, left };
}

/** When to look again even if nobody comes or goes: the end of the earliest grace after `now`, if one is running. */
export function nextLook(cohort: Cohort, now: number): number | undefined {
  const ends = goneLongest(cohort.members).map((member) => member.goneSince! + cohortGraceMs);
  return ends.find((end) => end > now);
}

/** The audience of a layer for this cohort. A member that is gone for a moment is in it: it comes back to its gray. */
export function cohortAudience(cohort: Cohort, among: readonly LabelTerm[] = []): PinnedAudience {
  const ids = cohort.members.map((member) => member.instanceId).sort();
  return { who: 'pinned', ids, ...(among.length > 0 && { among }) };
}

function candidates(
  seed: string,
  members: readonly CohortMember[],
  live: readonly string[],
  hash: Hash,
): string[] {
  const taken = new Set(members.map((member) => member.instanceId));
  return byHash(
    seed,
    live.filter((id) => !taken.has(id)),
    hash,
  );
}

function goneLongest(members: readonly CohortMember[]): CohortMember[] {
  return members
    .filter((member) => member.goneSince !== undefined)
    .sort((a, b) => a.goneSince! - b.goneSince!);
}
