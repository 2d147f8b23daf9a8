import type { Hash } from './digest.ts';

/** A share is told in basis points: 10,000 of them are everyone, 1 is a hundredth of a percent. */
export const fullShare = 10_000;

/**
 * The bucket of an instance under a seed, 0 to 9,999: the first 32 bits of `SHA-256("seed:instanceKey")`, read as an
 * unsigned big-endian number, modulo 10,000. The same in every language and at every time, so an instance that is
 * inside 5 % is inside 25 %, and another seed picks others.
 */
export function bucketOf(seed: string, instanceKey: string, hash: Hash): number {
  return Number.parseInt(hash(`${seed}:${instanceKey}`).slice(0, 8), 16) % fullShare;
}

/** Whether an instance belongs to the first `basisPoints` of 10,000 under this seed. */
export function inShare(seed: string, instanceKey: string, basisPoints: number, hash: Hash): boolean {
  return bucketOf(seed, instanceKey, hash) < basisPoints;
}

/** Percent as people say it, in basis points; undefined when it isn't above 0, at most 100, in hundredths at best. */
export function basisPointsOf(percent: number): number | undefined {
  const points = Math.round(percent * 100);
  if (!(points >= 1 && points <= fullShare) || Math.abs(points - percent * 100) > 1e-6) return undefined;
  return points;
}

/** The ids by the SHA-256 of `seed:id`, lowest first: the order in which a pinned cohort takes its members. */
export function byHash(seed: string, ids: Iterable<string>, hash: Hash): string[] {
  const keyed = Array.from(new Set(ids), (id) => ({ id, key: hash(`${seed}:${id}`) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ id }) => id);
}
