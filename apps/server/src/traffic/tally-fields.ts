import { blockCodes } from '@sluice/core';
import type { TrafficTally } from '@sluice/protocol';
import type { ResourceSecond } from '@sluice/protocol/client';

/** What is counted of a stretch of time, each at its place in a row of numbers. */
export const at = {
  passed: 0,
  /** One for each code, in the order of core's list. */
  blocked: 1,
  wouldBlock: 1 + blockCodes.length,
  success: 2 + blockCodes.length,
  errors: 3 + blockCodes.length,
  degraded: 4 + blockCodes.length,
  injected: 5 + blockCodes.length,
  /** Summed over instances within a second; of several seconds the largest. */
  active: 6 + blockCodes.length,
  /** Breakers that opened. */
  opened: 7 + blockCodes.length,
  /** How many seconds of instances were told; 0: nothing is here. */
  told: 8 + blockCodes.length,
} as const;

export const fieldCount = 9 + blockCodes.length;

/** Core has so many latency buckets; the bounds are `latencyBoundMs`. */
export const latencyBuckets = 124;

export type Numbers = Uint32Array | Float64Array | number[];

/** Adds what an instance told of a second. `active` is left to the caller, who knows what it adds up to. */
export function addSecond(into: Numbers, offset: number, second: ResourceSecond): void {
  into[offset + at.passed]! += second.passed;
  for (let i = 0; i < blockCodes.length; i++)
    into[offset + at.blocked + i]! += second.blocked[blockCodes[i]!] ?? 0;
  into[offset + at.wouldBlock]! += second.wouldBlock;
  into[offset + at.success]! += second.success;
  into[offset + at.errors]! += second.errors;
  into[offset + at.degraded]! += second.degraded;
  into[offset + at.injected]! += second.injected;
  into[offset + at.told]! += 1;
}

/** Adds one row of numbers to another; of `active` the larger one stays. */
export function addNumbers(into: Numbers, row: Numbers, offset = 0): void {
  for (let i = 0; i < fieldCount; i++)
    into[i] = i === at.active ? Math.max(into[i]!, row[offset + i]!) : into[i]! + row[offset + i]!;
}

/** The numbers as they are told, with the quantiles that are known. */
export function tallyOf(row: Numbers, offset: number, quantiles: Partial<Quantiles>): TrafficTally {
  const blocked: TrafficTally['blocked'] = {};
  for (let i = 0; i < blockCodes.length; i++)
    if (row[offset + at.blocked + i]! > 0) blocked[blockCodes[i]!] = row[offset + at.blocked + i]!;
  return {
    passed: row[offset + at.passed]!,
    blocked,
    wouldBlock: row[offset + at.wouldBlock]!,
    success: row[offset + at.success]!,
    errors: row[offset + at.errors]!,
    degraded: row[offset + at.degraded]!,
    injected: row[offset + at.injected]!,
    active: row[offset + at.active]!,
    ...quantiles,
  };
}

/** All refused calls of a row. */
export function blockedOf(row: Numbers, offset = 0): number {
  let sum = 0;
  for (let i = 0; i < blockCodes.length; i++) sum += row[offset + at.blocked + i]!;
  return sum;
}

export interface Quantiles {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}
