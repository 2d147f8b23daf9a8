import { Inject, Injectable } from '@nestjs/common';
import type { ReplayCall, WallOffset } from '@sluice/core';
import { Clock } from '../env/clock.ts';
import type { Place } from '../fleet/place.ts';
import { type KeptCall, minuteOf, replayCallOf, sampledBy, standsFor } from '../traffic/recorded.ts';
import { RecordingsOfNodes } from '../traffic/recordings-of-nodes.ts';

/** Recorded calls, ready to be replayed. */
export interface Recording {
  readonly kept: readonly KeptCall[];
  readonly calls: readonly ReplayCall[];
  readonly wallOffsetMs: WallOffset;
  readonly instances: number;
  readonly sampledBy: number;
  /** The same of one process, by its name in `calls`; that of all for calls of no process. */
  readonly sampledByOf: (name: string | undefined) => number;
  /** The same of one process among all calls, those too of processes that weren't recorded. */
  readonly sampledByOfAll: (name: string | undefined) => number;
  /** How many of all calls in its minute a recorded one stands for: in busy minutes fewer processes are recorded. */
  readonly weightOf: (call: ReplayCall) => number;
  /** Of what the process of this name in `calls` left to chance; undefined where nobody knows. */
  readonly seedOf: (name: string | undefined) => number | undefined;
  /** Nodes whose calls are missing, because they did not answer. */
  readonly silentNodes: number;
  /** The id of the instance whose process goes by this name in `calls`. */
  readonly instanceIdOf: (name: string) => string;
}

/** How a recording is told of. */
export interface RecordingSummary {
  readonly calls: number;
  readonly instances: number;
  readonly sampledBy: number;
  readonly from?: string;
  readonly to?: string;
}

/** What all nodes have recorded of an app. */
@Injectable()
export class Recordings {
  readonly #recorded: RecordingsOfNodes;
  readonly #clock: Clock;

  constructor(@Inject(RecordingsOfNodes) recorded: RecordingsOfNodes, @Inject(Clock) clock: Clock) {
    this.#recorded = recorded;
    this.#clock = clock;
  }

  /** `byWallClock`: all instances on one clock, for what counts them together. */
  async read(
    place: Place,
    { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
    byWallClock: boolean,
  ): Promise<Recording> {
    const toMs = to === undefined ? this.#clock.now() : Date.parse(to);
    const fromMs = from === undefined ? 0 : Date.parse(from);
    const { calls: kept, counts, countsOf, minutes, silent } = await this.#recorded.of(place, fromMs, toMs);
    const sampled = sampledBy(counts);
    const sources = new Map(kept.map(({ source }) => [source.key, source]));
    const sampledByOf = (name: string | undefined): number => {
      const own = countsOf.get(name ?? '');
      return own ? sampledBy(own) : sampled;
    };
    const calls = kept.map((call) => replayCallOf(call, byWallClock));
    const wallMsOf = new Map(calls.map((call, i) => [call, kept[i]!.wallMs]));
    const ofMinute = (wallMs: number): number => standsFor(minutes, minuteOf(wallMs));
    const unrecorded = meanOf(kept.map(({ wallMs }) => ofMinute(wallMs)));
    return {
      kept,
      calls,
      wallOffsetMs: byWallClock ? 0 : (name) => finite(sources.get(name ?? '')?.offsetMs),
      instances: new Set([...sources.values()].map(({ instanceId }) => instanceId)).size,
      sampledBy: sampled,
      sampledByOf,
      sampledByOfAll: (name) => sampledByOf(name) * unrecorded,
      weightOf: (call) => sampledByOf(call.instance) * ofMinute(wallMsOf.get(call) ?? 0),
      seedOf: (name) => sources.get(name ?? '')?.seed,
      silentNodes: silent,
      instanceIdOf: (name) => sources.get(name)?.instanceId ?? name,
    };
  }
}

const meanOf = (all: readonly number[]): number =>
  all.length === 0 ? 1 : all.reduce((sum, each) => sum + each, 0) / all.length;

/** A process that never told its clock is recorded by ours. */
const finite = (offsetMs = 0): number => (Number.isFinite(offsetMs) ? offsetMs : 0);

export function summaryOf({ kept, instances, sampledBy }: Recording): RecordingSummary {
  const times = kept.map(({ wallMs }) => wallMs);
  const moment = (pick: (a: number, b: number) => number): string =>
    new Date(times.reduce(pick)).toISOString();
  return {
    calls: kept.length,
    instances,
    sampledBy: Math.round(sampledBy * 100) / 100,
    ...(kept.length > 0 && {
      from: moment((a, b) => Math.min(a, b)),
      to: moment((a, b) => Math.max(a, b)),
    }),
  };
}
