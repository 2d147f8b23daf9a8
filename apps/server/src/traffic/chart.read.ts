import { Inject, Injectable } from '@nestjs/common';
import { type ResourceType, SluiceError } from '@sluice/core';
import type { Contracts, ResponseOf, TrafficMarker, TrafficPoint } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { OtherNodes } from '../fleet/other-nodes.ts';
import type { Place } from '../fleet/place.ts';
import type { AppTraffic } from './app-traffic.ts';
import { type Heard, heardColumns, heardIn, instancesTogether } from './heard.ts';
import { Latency } from './latency.ts';
import { breakerTurns, inOrder, Markers } from './markers.ts';
import { mergedPoints } from './merged-tally.ts';
import { silentNodes } from './resources.read.ts';
import type { Ring } from './ring.ts';
import { RollupStore, wholeApp } from './rollup.store.ts';
import { hourMs, minuteMs, type Series } from './series.ts';
import { addNumbers, at, fieldCount, tallyOf } from './tally-fields.ts';
import { Traffic } from './traffic.ts';

const defaultSpanMs = 300_000;
const maxPoints = 2000;
const usualPoints = 300;
/** Reports of a second come in for so long after it: until then its silence says nothing. */
const settleMs = 2500;
/** Beyond this a chart is made of hours: a month of minutes is too much to add up. */
const minutesSpanMs = 3 * 24 * hourMs;

interface Asked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly stepMs?: number | undefined;
}

/** To a node about what is only in its memory. */
interface Question {
  readonly place: Place;
  readonly resource: string;
  readonly type: ResourceType;
  readonly stepMs: number;
  readonly beginMs: number;
  readonly endMs: number;
}
/** A minute or an hour that a node has in memory, and perhaps not written yet. */
interface HeldSum {
  readonly at: number;
  readonly counts: readonly number[];
  readonly latency: readonly (readonly [number, number])[];
}
interface FromMemory {
  readonly nodeId: string;
  /** Of charts of less than a minute a step. */
  readonly points: readonly TrafficPoint[];
  /** Of the others. */
  readonly sums: readonly HeldSum[];
  readonly turns: readonly TrafficMarker[];
}

/** Calls of a resource over time, over all nodes: seconds and tens of seconds from memory, what is longer ago from the database. */
@Injectable()
export class ChartRead {
  readonly #store: RollupStore;
  readonly #markers: Markers;
  readonly #node: NodeLease;
  readonly #nodes: OtherNodes;
  readonly #clock: Clock;

  constructor(
    @Inject(Traffic) traffic: Traffic,
    @Inject(RollupStore) store: RollupStore,
    @Inject(Markers) markers: Markers,
    @Inject(NodeLease) node: NodeLease,
    @Inject(OtherNodes) nodes: OtherNodes,
    @Inject(Clock) clock: Clock,
  ) {
    this.#store = store;
    this.#markers = markers;
    this.#node = node;
    this.#nodes = nodes;
    this.#clock = clock;
    nodes.answers('chart', async (question: Question): Promise<FromMemory> => {
      const app = await traffic.of(question.place);
      const series = app.series(question.resource, question.type);
      return series ? this.#fromMemory(app, series, question) : { nodeId: node.id, ...nothing };
    });
  }

  async chart(app: AppTraffic, series: Series, asked: Asked): Promise<ResponseOf<Contracts['getTraffic']>> {
    const nowMs = this.#clock.now();
    const toMs = asked.to === undefined ? nowMs : Date.parse(asked.to);
    const fromMs = asked.from === undefined ? toMs - defaultSpanMs : Date.parse(asked.from);
    if (fromMs >= toMs)
      throw new SluiceError('invalid', {
        first: { en: '"from" must be before "to"', zh: '“from”必须早于“to”' },
      });
    const stepMs = stepOf(fromMs, toMs, nowMs, asked.stepMs);
    const beginMs = Math.floor(fromMs / stepMs) * stepMs;
    const endMs = Math.min(toMs, nowMs);
    const { resource, type } = series;
    const question: Question = { place: app.place, resource, type, stepMs, beginMs, endMs };
    const [{ answers, silent }, known] = await Promise.all([
      this.#nodes.ask<FromMemory>('chart', whole(question)),
      this.#markers.of(app, series, beginMs, toMs),
    ]);
    const all = [this.#fromMemory(app, series, question), ...answers];
    const points =
      stepMs < minuteMs
        ? mergedPoints(all.map((each) => each.points)).filter(({ at }) => Date.parse(at) < endMs)
        : await this.#sumPoints(app.place, series, question, all);
    const markers = inOrder([...known, ...answers.flatMap(({ turns }) => turns)]);
    return {
      resource: series.resource,
      type: series.type,
      from: new Date(beginMs).toISOString(),
      to: new Date(toMs).toISOString(),
      stepMs,
      points,
      markers,
      ...silentNodes(silent),
    };
  }

  #fromMemory(app: AppTraffic, series: Series, { stepMs, beginMs, endMs }: Question): FromMemory {
    const nodeId = this.#node.id;
    const turns = breakerTurns(app, series, beginMs, endMs);
    if (stepMs < minuteMs) {
      const ring = stepMs === 1000 ? series.seconds : series.tens;
      const points = ringPoints(app, ring, beginMs, endMs, this.#clock.now());
      return { ...nothing, nodeId, points, turns };
    }
    const rowMs = rowMsOf(stepMs);
    const sums = series
      .sums(rowMs)
      .filter(({ atMs }) => atMs >= beginMs && atMs < endMs)
      .map((sum) => {
        const heard = heardColumns(app.coverage.of(sum.atMs, sum.atMs + rowMs));
        return { at: sum.atMs, counts: [...sum.counts, ...heard], latency: sum.latency.pairs() };
      });
    return { ...nothing, nodeId, sums, turns };
  }

  async #sumPoints(
    place: Place,
    series: Series,
    { stepMs, beginMs, endMs }: Question,
    held: readonly FromMemory[],
  ): Promise<TrafficPoint[]> {
    const rowMs = rowMsOf(stepMs);
    const steps = new Steps(stepMs);
    const [rows, heard] = await Promise.all([
      this.#store.read(place, series, rowMs, beginMs, endMs),
      this.#store.read(place, { resource: wholeApp, type: 'web' }, rowMs, beginMs, endMs),
    ]);
    const inMemory = new Set(held.flatMap(({ nodeId, sums }) => sums.map(({ at }) => `${nodeId} ${at}`)));
    for (const row of [...rows, ...heard]) {
      // What was written of it may be older than what is in memory.
      if (row.resource !== wholeApp && inMemory.has(`${row.nodeId} ${row.at}`)) continue;
      steps.add(row.at, row.nodeId, row.counts, row.latency);
    }
    for (const { nodeId, sums } of held)
      for (const { at, counts, latency } of sums) steps.add(at, nodeId, counts, latency);
    return steps.points();
  }
}

const nothing = { points: [], sums: [], turns: [] };

/** Asked so by everybody who looks at the same chart within a second. */
const whole = (question: Question): Question => ({
  ...question,
  endMs: Math.ceil(question.endMs / 1000) * 1000,
});

const rowMsOf = (stepMs: number): number => (stepMs % hourMs === 0 ? hourMs : minuteMs);

interface StepSum {
  readonly numbers: Float64Array;
  readonly latency: Latency;
  /** Calls under way by the row's time, of all nodes. */
  readonly active: Map<number, number>;
  /** Who was heard by the row's time, by node. */
  readonly heard: Map<number, Map<string, Heard>>;
  readonly lost: Map<string, number>;
}

/** Sums of rows by step. */
class Steps {
  readonly #stepMs: number;
  readonly #steps = new Map<number, StepSum>();

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  add(
    atMs: number,
    nodeId: string,
    counts: readonly number[],
    latency: readonly (readonly [number, number])[],
  ): void {
    const step = Math.floor(atMs / this.#stepMs) * this.#stepMs;
    const own: StepSum = this.#steps.get(step) ?? {
      numbers: new Float64Array(fieldCount),
      latency: new Latency(),
      active: new Map<number, number>(),
      heard: new Map<number, Map<string, Heard>>(),
      lost: new Map<string, number>(),
    };
    this.#steps.set(step, own);
    addNumbers(own.numbers, counts as number[]);
    own.latency.add(latency);
    // Calls of several nodes are under way at the same time; of the minutes of a step the largest counts.
    own.active.set(atMs, (own.active.get(atMs) ?? 0) + (counts[at.active] ?? 0));
    // A row of the resource and one of the app tell the same; what was told later tells more.
    const heard = heardIn(counts);
    const nodes = own.heard.get(atMs) ?? new Map<string, Heard>();
    own.heard.set(atMs, nodes);
    const known = nodes.get(nodeId);
    if (!known || known.instances < heard.instances || known.seconds < heard.seconds)
      nodes.set(nodeId, heard);
    // Nodes lose different reports, so theirs add up; of one node's minutes the largest counts.
    own.lost.set(nodeId, Math.max(own.lost.get(nodeId) ?? 0, heard.lost));
  }

  points(): TrafficPoint[] {
    return [...this.#steps]
      .sort(([a], [b]) => a - b)
      .map(([step, { numbers, latency, active, heard, lost }]) => ({
        at: new Date(step).toISOString(),
        ...tallyOf(numbers, 0, latency.quantiles()),
        active: Math.max(...active.values()),
        // Of the minutes of a step the one with most counts.
        instances: Math.max(...[...heard.values()].map((nodes) => instancesTogether([...nodes.values()]))),
        lost: sumOf(lost),
        opened: numbers[at.opened]!,
      }));
  }
}

const sumOf = (numbers: ReadonlyMap<string, number>): number =>
  [...numbers.values()].reduce((sum, each) => sum + each, 0);

const noNumbers = new Uint32Array(fieldCount);

/** Steps that a ring holds. One in which nothing was told is absent, unless instances are known to have had no calls. */
export function ringPoints(
  { coverage }: AppTraffic,
  ring: Ring,
  fromMs: number,
  toMs: number,
  nowMs: number,
): TrafficPoint[] {
  const { stepMs } = ring;
  const points: TrafficPoint[] = [];
  for (let step = Math.ceil(fromMs / stepMs); step * stepMs < toMs; step++) {
    const beginMs = step * stepMs;
    if (ring.isGone(step)) continue;
    const told = ring.tally(step);
    const { instances, lost } = coverage.of(beginMs, beginMs + stepMs);
    const isSilent = instances > 0 && beginMs + stepMs + settleMs <= nowMs;
    if (!told && !isSilent) continue;
    points.push({
      at: new Date(beginMs).toISOString(),
      ...(told ?? { ...tallyOf(noNumbers, 0, {}), opened: 0 }),
      instances,
      lost,
    });
  }
  return points;
}

/** The step that is nearest to what was asked for and can be told of this time. */
function stepOf(fromMs: number, toMs: number, nowMs: number, asked: number | undefined): number {
  const spanMs = toMs - fromMs;
  const leastMs = Math.max(asked ?? spanMs / usualPoints, spanMs / maxPoints);
  if (leastMs <= 1000 && fromMs >= nowMs - 300_000) return 1000;
  if (leastMs <= 10_000 && fromMs >= nowMs - hourMs) return 10_000;
  const unitMs = spanMs <= minutesSpanMs && leastMs < hourMs ? minuteMs : hourMs;
  return Math.max(1, Math.ceil(leastMs / unitMs)) * unitMs;
}
