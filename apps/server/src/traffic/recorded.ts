import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type ReplayCall, recordedInputs } from '@sluice/core';
import type { RecordedCall } from '@sluice/protocol/client';

/** A process that calls were recorded in: its clock and its chance are its own. */
export interface RecordedSource {
  readonly instanceId: string;
  readonly key: string;
  /** Wall clock minus the clock of its calls, as the quickest of its reports showed it. */
  readonly offsetMs: number;
  /** Of what its guard leaves to chance; undefined where it never told it. */
  readonly seed?: number | undefined;
}

/** A recorded call, by the clock of its instance and by ours. */
export interface KeptCall {
  readonly source: RecordedSource;
  readonly call: RecordedCall;
  readonly wallMs: number;
}

/** How many calls there were, and how many of them were recorded. */
export interface RecordedCounts {
  readonly calls: number;
  readonly recorded: number;
}

const minuteMs = 60_000;

export const minuteOf = (wallMs: number): number => Math.floor(wallMs / minuteMs);

/** By minute: how many calls there were, and how many of them of processes while these were recorded. */
export type RecordedMinutes = ReadonlyMap<number, { readonly calls: number; readonly ofRecorded: number }>;

/** What was recorded in a time. */
export interface Recorded {
  readonly calls: readonly KeptCall[];
  readonly counts: RecordedCounts;
  /**
   * The same of single processes while they were recorded, by the key of the source: a busy one records a part of its
   * calls, a calm one all.
   */
  readonly countsOf: ReadonlyMap<string, RecordedCounts>;
  /** Of the minutes of `calls`: of a large fleet some processes are recorded, and stand for the others. */
  readonly minutes: RecordedMinutes;
}

/** Calls for each recorded one, at least 1. */
export const sampledBy = ({ calls, recorded }: RecordedCounts): number =>
  recorded === 0 ? 1 : Math.max(1, calls / recorded);

/** Calls of the whole app for each of the processes that were recorded in this minute, at least 1. */
export function standsFor(minutes: RecordedMinutes, minute: number): number {
  const { calls, ofRecorded } = minutes.get(minute) ?? { calls: 0, ofRecorded: 0 };
  return ofRecorded === 0 ? 1 : calls / ofRecorded;
}

const added = (a: RecordedCounts | undefined, b: RecordedCounts): RecordedCounts =>
  a ? { calls: a.calls + b.calls, recorded: a.recorded + b.recorded } : b;

/** Recordings of several nodes as one: the newest calls of all of them, oldest first. */
export function mergedRecorded(parts: readonly Recorded[], mostCalls: number): Recorded {
  if (parts.length === 1) return parts[0]!;
  const calls = parts.flatMap((part) => part.calls).sort((a, b) => a.wallMs - b.wallMs);
  const countsOf = new Map<string, RecordedCounts>();
  for (const [key, counts] of parts.flatMap((part) => [...part.countsOf]))
    countsOf.set(key, added(countsOf.get(key), counts));
  const minutes = new Map<number, { calls: number; ofRecorded: number }>();
  for (const [minute, { calls, ofRecorded }] of parts.flatMap((part) => [...part.minutes])) {
    const known = minutes.get(minute) ?? { calls: 0, ofRecorded: 0 };
    minutes.set(minute, { calls: known.calls + calls, ofRecorded: known.ofRecorded + ofRecorded });
  }
  return {
    calls: calls.slice(-mostCalls),
    counts: parts.map(({ counts }) => counts).reduce(added, { calls: 0, recorded: 0 }),
    countsOf,
    minutes,
  };
}

/** A recording on its way from node to node. */
export interface PackedRecorded {
  readonly gzip: string;
}

type Packed = {
  readonly sources: readonly (Omit<RecordedSource, 'offsetMs'> & { readonly offsetMs: number | null })[];
  readonly calls: readonly (readonly [source: number, wallMs: number, call: RecordedCall])[];
  readonly counts: RecordedCounts;
  readonly countsOf: readonly (readonly [string, RecordedCounts])[];
  readonly minutes: readonly (readonly [number, { readonly calls: number; readonly ofRecorded: number }])[];
};

export async function packRecorded({ calls, counts, countsOf, minutes }: Recorded): Promise<PackedRecorded> {
  const numbers = new Map<RecordedSource, number>();
  for (const { source } of calls) if (!numbers.has(source)) numbers.set(source, numbers.size);
  const packed: Packed = {
    sources: [...numbers.keys()].map(({ instanceId, key, offsetMs, seed }) => ({
      instanceId,
      key,
      // JSON knows no infinity, which says that the process never told its clock.
      offsetMs: Number.isFinite(offsetMs) ? offsetMs : null,
      seed,
    })),
    calls: calls.map(({ source, wallMs, call }) => [numbers.get(source)!, wallMs, call]),
    counts,
    countsOf: [...countsOf],
    minutes: [...minutes],
  };
  return { gzip: (await promisify(gzip)(JSON.stringify(packed))).toString('base64') };
}

export async function unpackRecorded(packed: PackedRecorded): Promise<Recorded> {
  const text = (await promisify(gunzip)(Buffer.from(packed.gzip, 'base64'))).toString();
  const { sources, calls, counts, countsOf, minutes } = JSON.parse(text) as Packed;
  const known = sources.map((source) => ({
    ...source,
    offsetMs: source.offsetMs ?? Number.POSITIVE_INFINITY,
  }));
  return {
    calls: calls.map(([source, wallMs, call]) => ({ source: known[source]!, wallMs, call })),
    counts,
    countsOf: new Map(countsOf),
    minutes: new Map(minutes),
  };
}

/** A recorded call as the engine replays it: by the clock of its own process where it is known, else by ours. */
export function replayCallOf({ source, call, wallMs }: KeptCall, byWallClock: boolean): ReplayCall {
  const isExact = call.atMs !== undefined && !byWallClock;
  return {
    atMs: isExact ? call.atMs! : wallMs,
    resource: call.resource,
    type: call.type,
    inputs: recordedInputs(call.inputs),
    instance: source.key,
    ...(call.outcome !== undefined && { outcome: call.outcome }),
    ...(call.durationMs !== undefined && { durationMs: call.durationMs }),
    ...(call.mayWait !== undefined && { mayWait: call.mayWait }),
  };
}
