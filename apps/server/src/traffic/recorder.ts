import { createHash } from 'node:crypto';
import type { Json } from '@sluice/core';
import type { RecordedCall, Report } from '@sluice/protocol/client';
import type { Connection } from '../fleet/connection.ts';
import { type Place, placeKey } from '../fleet/place.ts';
import {
  type KeptCall,
  minuteOf,
  type Recorded,
  type RecordedCounts,
  type RecordedMinutes,
  type RecordedSource,
} from './recorded.ts';

/** Calls that are kept of an app, and of all apps together. */
export const maxOfApp = 50_000;
const maxOfAll = 400_000;
/** A call is some 150 bytes and what it was given. */
const maxBytesOfApp = 32 * 1024 * 1024;
const maxBytesOfAll = 8 * maxBytesOfApp;
/** What was let go lies in front of the others up to so many calls, and bytes. */
const maxOfFront = 10_000;
const maxBytesOfFront = 4 * 1024 * 1024;
const minuteMs = 60_000;
/** Calls of an app that are taken in a minute, so that a recording always reaches back some minutes. */
const maxOfMinute = 10_000;
const minutesKept = 24 * 60;

interface Source extends RecordedSource {
  offsetMs: number;
  seed: number | undefined;
  readonly minutes: Minutes;
  /** From 0 to 1, as good as by chance and always the same: of too many sources those below the share are recorded. */
  readonly rank: number;
}

/** How many calls there were, how many of them while their source was recorded, and how many of these were. */
interface Minute {
  calls: number;
  ofRecorded: number;
  recorded: number;
}
type Minutes = Map<number, Minute>;

interface Kept extends KeptCall {
  readonly source: Source;
  readonly sizeBytes: number;
}

interface Recording {
  calls: Kept[];
  /** Where the oldest lies; the front, which takes so much memory still, is cut off now and then. */
  first: number;
  cutBytes: number;
  sizeBytes: number;
  readonly sources: Map<string, Source>;
  readonly minutes: Minutes;
  /** The minute that runs, the calls that were brought in it, and what share of the sources is recorded. */
  readonly pace: { minute: number; brought: number; share: number };
}

/**
 * Keeps the newest recorded calls of each app, in memory and bounded, and knows how large a sample they are. Of a fleet
 * that brings too many, some instances are recorded and the others aren't: what counts by instance has to see all that
 * one did.
 */
export class Recorder {
  readonly #recordings = new Map<string, Recording>();
  #size = 0;
  #sizeBytes = 0;

  take(connection: Connection, report: Report, nowMs: number): void {
    if (report.calls.length === 0 && !this.#recordings.has(placeKey(connection.place))) return;
    const recording = this.#of(connection.place);
    const source = sourceOf(recording, connection);
    source.seed = report.seed ?? source.seed;
    let calls = 0;
    for (const { resources } of report.seconds)
      for (const { passed, blocked } of resources)
        calls += passed + Object.values(blocked).reduce((sum, each) => sum + each, 0);
    const minute = minuteOf(nowMs);
    const isRecorded = shareOf(recording, minute, report.calls.length) > source.rank;
    const kept = isRecorded ? report.calls : [];
    // What recorded calls were picked from: what a source does while it isn't recorded says nothing of how many were.
    const ofRecorded = isRecorded ? calls : 0;
    const recorded = kept.length;
    count(recording.minutes, minute, { calls, ofRecorded, recorded }, minute - minutesKept);
    count(source.minutes, minute, { calls: ofRecorded, ofRecorded, recorded }, oldestOf(recording, nowMs));
    for (const call of kept) this.#keep(recording, source, call, nowMs);
    this.#bound(recording);
  }

  /** Calls that came in at a time, oldest first. */
  of(place: Place, fromMs: number, toMs: number): Recorded {
    const recording = this.#recordings.get(placeKey(place));
    const calls = (recording?.calls.slice(recording.first) ?? []).filter(
      ({ wallMs }) => wallMs >= fromMs && wallMs <= toMs,
    );
    const sources = new Set(calls.map(({ source }) => source));
    return {
      calls,
      counts: recording ? countsIn(recording.minutes, fromMs, toMs) : { calls: 0, recorded: 0 },
      minutes: recording ? minutesOf(recording.minutes, calls) : new Map(),
      countsOf: new Map([...sources].map(({ key, minutes }) => [key, countsIn(minutes, fromMs, toMs)])),
    };
  }

  #keep(recording: Recording, source: Source, call: RecordedCall, nowMs: number): void {
    const wallMs = nowMs - call.agoMs;
    if (call.atMs !== undefined) source.offsetMs = Math.min(source.offsetMs, wallMs - call.atMs);
    const sizeBytes = 150 + sizeOf(call.inputs);
    recording.calls.push({ source, call, wallMs, sizeBytes });
    recording.sizeBytes += sizeBytes;
    this.#size += 1;
    this.#sizeBytes += sizeBytes;
  }

  /** Lets the oldest go: of this app, and where all apps together have too many, of the one that has most. */
  #bound(recording: Recording): void {
    while (recording.calls.length - recording.first > maxOfApp || recording.sizeBytes > maxBytesOfApp)
      this.#drop(recording);
    while (this.#size > maxOfAll) this.#drop(this.#most(lengthOf));
    while (this.#sizeBytes > maxBytesOfAll) this.#drop(this.#most(({ sizeBytes }) => sizeBytes));
  }

  #most(of: (recording: Recording) => number): Recording {
    return [...this.#recordings.values()].reduce((most, each) => (of(each) > of(most) ? each : most));
  }

  #drop(recording: Recording): void {
    const { sizeBytes } = recording.calls[recording.first]!;
    recording.sizeBytes -= sizeBytes;
    recording.first += 1;
    recording.cutBytes += sizeBytes;
    this.#size -= 1;
    this.#sizeBytes -= sizeBytes;
    if (recording.first > maxOfFront || recording.cutBytes > maxBytesOfFront) cutFront(recording);
  }

  #of(place: Place): Recording {
    const key = placeKey(place);
    const known = this.#recordings.get(key);
    if (known) return known;
    const recording: Recording = {
      calls: [],
      first: 0,
      cutBytes: 0,
      sizeBytes: 0,
      sources: new Map(),
      minutes: new Map(),
      pace: { minute: 0, brought: 0, share: 1 },
    };
    this.#recordings.set(key, recording);
    return recording;
  }
}

function cutFront(recording: Recording): void {
  recording.calls = recording.calls.slice(recording.first);
  recording.first = 0;
  recording.cutBytes = 0;
  const used = new Set(recording.calls.map(({ source }) => source));
  for (const [key, source] of recording.sources) if (!used.has(source)) recording.sources.delete(key);
}

function sourceOf({ sources }: Recording, { instanceId, bootId }: Connection): Source {
  const key = `${instanceId} ${bootId}`;
  const known = sources.get(key);
  if (known) return known;
  const rank = createHash('sha256').update(key).digest().readUInt32BE() / 2 ** 32;
  const offsetMs = Number.POSITIVE_INFINITY;
  const source: Source = { instanceId, key, offsetMs, seed: undefined, minutes: new Map(), rank };
  sources.set(key, source);
  return source;
}

/** The share of sources that is recorded, by what came in the minute before, or has come in this one already. */
function shareOf({ pace }: Recording, minute: number, brought: number): number {
  if (minute !== pace.minute) {
    const before = minute === pace.minute + 1 ? pace.brought : 0;
    pace.share = maxOfMinute / Math.max(maxOfMinute, before);
    pace.minute = minute;
    pace.brought = 0;
  }
  pace.brought += brought;
  while (pace.brought * pace.share > 2 * maxOfMinute) pace.share /= 2;
  return pace.share;
}

function count(
  minutes: Minutes,
  minute: number,
  { calls, ofRecorded, recorded }: Readonly<Minute>,
  oldest: number,
): void {
  const own = minutes.get(minute) ?? { calls: 0, ofRecorded: 0, recorded: 0 };
  minutes.set(minute, own);
  own.calls += calls;
  own.ofRecorded += ofRecorded;
  own.recorded += recorded;
  // In the order in which they came, so the oldest are the first.
  for (const old of minutes.keys()) {
    if (old >= oldest) break;
    minutes.delete(old);
  }
}

const oldestOf = ({ calls, first }: Recording, nowMs: number): number =>
  minuteOf(calls[first]?.wallMs ?? nowMs);

/** Those in which these calls came in. */
function minutesOf(minutes: Minutes, calls: readonly KeptCall[]): RecordedMinutes {
  const asked = new Set(calls.map(({ wallMs }) => minuteOf(wallMs)));
  return new Map(
    [...minutes].flatMap(([minute, { calls, ofRecorded }]) =>
      asked.has(minute) ? [[minute, { calls, ofRecorded }] as const] : [],
    ),
  );
}

/** Of the minutes that a time touches. */
function countsIn(minutes: Minutes, fromMs: number, toMs: number): RecordedCounts {
  let [calls, recorded] = [0, 0];
  for (const [minute, own] of minutes) {
    if ((minute + 1) * minuteMs < fromMs || minute * minuteMs > toMs) continue;
    calls += own.calls;
    recorded += own.recorded;
  }
  return { calls, recorded };
}

const lengthOf = ({ calls, first }: Recording): number => calls.length - first;

/** About what it takes in memory, all that lies in it included: an argument may be a whole document. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return 2 * value.length + 16;
  if (typeof value !== 'object' || value === null) return 16;
  let size = 32;
  if (Array.isArray(value)) for (const each of value) size += sizeOf(each);
  else for (const [key, each] of Object.entries(value)) size += 2 * key.length + 16 + sizeOf(each);
  return size;
}
