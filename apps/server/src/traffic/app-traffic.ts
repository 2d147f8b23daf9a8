import { otherResources, type ResourceType } from '@sluice/core';
import type { BreakerTurn, Report, ResourceSecond } from '@sluice/protocol/client';
import type { Connection } from '../fleet/connection.ts';
import type { Place } from '../fleet/place.ts';
import { Coverage } from './coverage.ts';
import { Presence } from './presence.ts';
import { ReportNumbers } from './report-numbers.ts';
import { hourMs, Series, secondMs, secondsRing, tensRing } from './series.ts';

/** Resources of an app that are told apart, as in the client. */
const maxSeries = 2000;
/** From so many on, names that nobody calls any more make room for new ones. */
const manySeries = 0.9 * maxSeries;
const silentMs = 2 * hourMs;
/** Pairs of instance and resource whose last minute is kept apart. */
const maxDetails = 20_000;
const turnsKept = 1000;
const turnKeptMs = 3_600_000;
/** A report may come again, over another connection, for so long. */
const numbersKeptMs = 120_000;

/** A breaker that changed its state somewhere. */
export interface KnownTurn extends BreakerTurn {
  readonly instanceId: string;
  readonly atMs: number;
}

type OpenBreaker = Report['open'][number];

/** What this node knows of the calls of one app: its resources, its breakers, and who has told. */
export class AppTraffic {
  readonly place: Place;
  coverage = new Coverage();
  /** All resources together: whoever looks at many apps does not add up thousands of them each time. */
  seconds = secondsRing();
  tens = tensRing();
  readonly #series = new Map<string, Series>();
  readonly #mayGrow: () => boolean;
  /** By process, for a report may come again over another connection. */
  readonly #numbers = new Map<string, ReportNumbers>();
  readonly #reporters = new Map<Connection, Presence>();
  readonly #open = new Map<string, readonly OpenBreaker[]>();
  #turns: KnownTurn[] = [];
  #details = 0;
  overflowed = false;
  /** Until when it is written who was heard. */
  coveredUntilMs = 0;
  /** When a report last came. */
  heardAtMs = 0;

  /** `mayGrow`: whether this node has room for another resource. */
  constructor(place: Place, mayGrow: () => boolean) {
    this.place = place;
    this.#mayGrow = mayGrow;
  }

  /**
   * Takes in a report; `nowMs` is when it came. Answers how many before it never came; undefined: it came before, and
   * nothing of it counts.
   */
  take(connection: Connection, report: Report, nowMs: number): number | undefined {
    const isNew = !this.#reporters.has(connection);
    const presence = this.#presenceOf(connection, nowMs);
    this.heardAtMs = nowMs;
    const lost = this.#count(connection, report, nowMs, isNew);
    if (lost === undefined) return undefined;
    for (const { agoMs, resources } of report.seconds) {
      // The second in which its middle lies, so that clocks that tick at other times than ours spread evenly.
      const beganMs = Math.floor((nowMs - agoMs - secondMs / 2) / secondMs) * secondMs;
      presence.told(beganMs);
      for (const second of resources) this.#add(connection.instanceId, beganMs, second, nowMs);
    }
    if (report.open.length > 0) this.#open.set(connection.instanceId, report.open);
    else this.#open.delete(connection.instanceId);
    for (const turn of report.breakers) this.#turn(connection.instanceId, turn, nowMs);
    return lost;
  }

  /** An instance gave a sign of life; of one that never told of calls it says nothing. */
  sign(connection: Connection, nowMs: number): void {
    this.#reporters.get(connection)?.sign(nowMs);
  }

  /** Forgets turns that are too old to be asked for. */
  tick(nowMs: number): void {
    const old = nowMs - turnKeptMs;
    if (this.#turns.length > 0 && this.#turns[0]!.atMs < old)
      this.#turns = this.#turns.filter(({ atMs }) => atMs >= old);
  }

  /**
   * The clock was set back: what is told from now on would lie before what is in memory, and be passed over. What
   * comes to minutes and hours stays.
   */
  startAnew(nowMs: number): void {
    this.coverage = new Coverage();
    this.#reporters.clear();
    this.#turns = [];
    this.#details = 0;
    this.seconds = secondsRing();
    this.tens = tensRing();
    this.coveredUntilMs = Math.min(this.coveredUntilMs, nowMs);
    for (const series of this.#series.values()) series.startAnew(nowMs);
  }

  /** A connection is over; its instance may have another one. */
  left(connection: Connection, nowMs: number): void {
    this.#reporters.delete(connection);
    for (const [key, { atMs }] of this.#numbers) if (atMs < nowMs - numbersKeptMs) this.#numbers.delete(key);
  }

  /** Nobody stands for this id any more. */
  gone({ instanceId }: Connection): void {
    this.#open.delete(instanceId);
  }

  series(resource: string, type: ResourceType): Series | undefined {
    return this.#series.get(keyOf(resource, type));
  }

  all(): Iterable<Series> {
    return this.#series.values();
  }

  get size(): number {
    return this.#series.size;
  }

  /** A name that is known from before this start. */
  remember(resource: string, type: ResourceType, firstSeenAt: number, lastSeenAt: number): void {
    const known = this.series(resource, type);
    if (known) known.firstSeenAt = Math.min(known.firstSeenAt, firstSeenAt);
    if (known || this.#series.size >= manySeries) return;
    const series = new Series(resource, type, firstSeenAt);
    series.lastSeenAt = lastSeenAt;
    series.isSeenUnwritten = false;
    this.#series.set(keyOf(resource, type), series);
  }

  /** Breakers that are not closed, by instance. */
  open(): ReadonlyMap<string, readonly OpenBreaker[]> {
    return this.#open;
  }

  turns(): readonly KnownTurn[] {
    return this.#turns;
  }

  #presenceOf(connection: Connection, nowMs: number): Presence {
    const known = this.#reporters.get(connection);
    if (known) return known;
    const presence = new Presence(this.coverage, nowMs);
    this.#reporters.set(connection, presence);
    return presence;
  }

  #add(instanceId: string, beganMs: number, second: ResourceSecond, nowMs: number): void {
    const series = this.#seriesFor(second.resource, second.type, nowMs);
    const before = series.instanceCount;
    const active = series.add(beganMs, second, instanceId, this.#details < maxDetails);
    this.seconds.count(beganMs, second, active);
    this.tens.count(beganMs, second, active);
    this.#details += series.instanceCount - before;
  }

  /**
   * Gives back what nobody will ask for: instances and rules that are silent, and rings in which all is too old.
   * `isCrowded`: all apps of this node together have nearly as many resources as it has room for.
   */
  sweep(nowMs: number, isCrowded = false): void {
    this.#details = 0;
    const silent: Series[] = [];
    for (const series of this.#series.values()) {
      this.#details += series.instances(nowMs).size;
      series.rules(nowMs);
      if (series.lastSeenAt >= nowMs - silentMs) continue;
      series.rest();
      silent.push(series);
    }
    const tooMany = Math.max(isCrowded ? silent.length / 2 : 0, this.#series.size - manySeries);
    if (tooMany > 0) this.#forget(silent, tooMany);
  }

  /** Lets those names go that were silent longest, once all of their calls are written. */
  #forget(silent: readonly Series[], atMost: number): void {
    const written = silent.filter(({ hasUnwritten }) => !hasUnwritten);
    for (const { resource, type } of written
      .sort((a, b) => a.lastSeenAt - b.lastSeenAt)
      .slice(0, Math.ceil(atMost)))
      this.#series.delete(keyOf(resource, type));
    // Said again as soon as it is so again.
    if (written.length > 0) this.overflowed = false;
  }

  #seriesFor(resource: string, type: ResourceType, nowMs: number): Series {
    const known = this.series(resource, type);
    if (known) return known;
    const isFull = this.#series.size >= maxSeries || !this.#mayGrow();
    const isOneTooMany = isFull && resource !== otherResources;
    this.overflowed ||= isOneTooMany || resource === otherResources;
    if (isOneTooMany) return this.#seriesFor(otherResources, type, nowMs);
    const series = new Series(resource, type, nowMs);
    this.#series.set(keyOf(resource, type), series);
    return series;
  }

  /** Reports are numbered by each process; one that is missing leaves a gap and no zero. */
  #count(connection: Connection, report: Report, nowMs: number, isNew: boolean): number | undefined {
    const key = `${connection.instanceId} ${connection.bootId}`;
    const known = this.#numbers.get(key);
    // One that comes back after so long has told another node, or nobody: the gap says nothing of what got lost here.
    const isKnown = known !== undefined && !(isNew && known.atMs < nowMs - numbersKeptMs);
    const numbers = isKnown ? known : new ReportNumbers();
    this.#numbers.set(key, numbers);
    const beforeMs = numbers.atMs;
    const lost = numbers.take(report.sequence);
    if (lost === undefined) return undefined;
    numbers.atMs = nowMs;
    const longestMs = Math.max(0, ...report.seconds.map(({ agoMs }) => agoMs + secondMs));
    if (lost > 0) this.coverage.lost(beforeMs, Math.max(beforeMs, nowMs - longestMs));
    return lost;
  }

  #turn(instanceId: string, turn: BreakerTurn, nowMs: number): void {
    const atMs = nowMs - turn.agoMs;
    const series = turn.to === 'open' && this.series(turn.resource, turn.type);
    if (series) {
      series.opened(atMs);
      this.tens.opened(atMs);
    }
    this.#turns.push({ ...turn, instanceId, atMs });
    if (this.#turns.length > turnsKept) this.#turns.splice(0, this.#turns.length - turnsKept);
  }
}

/** No type holds a space. */
const keyOf = (resource: string, type: ResourceType): string => `${type} ${resource}`;
