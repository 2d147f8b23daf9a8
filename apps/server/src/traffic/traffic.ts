import { EventEmitter } from 'node:events';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Report } from '@sluice/protocol/client';
import type { Logger } from 'pino';
import { LinkFrames } from '../delivery/link-frames.ts';
import { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import { LOGGER } from '../env/tokens.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { type Place, placeKey } from '../fleet/place.ts';
import { AppTraffic } from './app-traffic.ts';
import { Recorder } from './recorder.ts';
import { RollupStore } from './rollup.store.ts';

const tickMs = 1000;
const sweepMs = 60_000;
/** Resources of all apps that this node keeps in memory, some 50 KB each where calls come through. */
const maxSeries = 10_000;
/** A minute is written when it is over and late reports had their time. */
const writeMs = 15_000;
/** A clock that goes back by less counts some seconds twice; by more, nothing would count until it is there again. */
const setBackMs = 60_000;

/**
 * What instances tell of their calls, in memory: seconds for five minutes, tens of seconds for an hour. Numbers are
 * added up where they lie; nothing is made for a call. What is older is in the database.
 */
@Injectable()
export class Traffic implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly recorder = new Recorder();
  readonly #clock: Clock;
  readonly #store: RollupStore;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #apps = new Map<string, AppTraffic>();
  readonly #loading = new Map<string, Promise<void>>();
  readonly #events = new EventEmitter();
  #timers: NodeJS.Timeout[] = [];
  /** What the clock showed last. */
  #latestMs = 0;
  #writing: Promise<void> | undefined;

  constructor(
    @Inject(LinkFrames) frames: LinkFrames,
    @Inject(Fleet) fleet: Fleet,
    @Inject(RollupStore) store: RollupStore,
    @Inject(Clock) clock: Clock,
    @Inject(Metrics) metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#logger = logger;
    frames.on('report', (connection, frame) => this.#take(connection, frame));
    frames.on('sign', (connection) =>
      this.#apps.get(placeKey(connection.place))?.sign(connection, this.#clock.now()),
    );
    fleet.onLeft((connection) =>
      this.#apps.get(placeKey(connection.place))?.left(connection, this.#clock.now()),
    );
    fleet.onGone((connection) => this.#apps.get(placeKey(connection.place))?.gone(connection));
  }

  onApplicationBootstrap(): void {
    this.#timers = [
      setInterval(() => this.#tick(), tickMs),
      setInterval(() => this.#sweep(), sweepMs),
      setInterval(() => void this.write(), writeMs),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#writing;
    await this.write(true);
  }

  /** What is in memory of an app, with the names that the database knows. */
  async of(place: Place): Promise<AppTraffic> {
    const app = this.#appOf(place);
    await this.#loading.get(placeKey(place));
    return app;
  }

  /** The same, without waiting; undefined when nobody has told anything since the start. */
  peek(place: Place): AppTraffic | undefined {
    return this.#apps.get(placeKey(place));
  }

  /** Calls back with each report, after it was taken in; once, however often it comes. */
  onReport(listener: (connection: Connection, report: Report) => void): void {
    this.#events.on('report', listener);
  }

  /** Writes the sums of minutes and hours that are over (`all`: also of those that run) and have grown. */
  async write(all = false): Promise<void> {
    this.#writing ??= this.#store
      .write(this.#apps.values(), all ? Number.POSITIVE_INFINITY : this.#clock.now())
      .catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'sums of calls could not be written yet; it is tried again'),
      )
      .finally(() => {
        this.#writing = undefined;
      });
    await this.#writing;
  }

  #take(connection: Connection, report: Report): void {
    const nowMs = this.#now();
    const lost = this.#appOf(connection.place).take(connection, report, nowMs);
    if (lost === undefined) return;
    this.#measure(connection.place, report, lost);
    this.recorder.take(connection, report, nowMs);
    this.#events.emit('report', connection, report);
  }

  #measure({ environment, app }: Place, { seconds }: Report, lost: number): void {
    if (lost > 0) this.#metrics.lostReports.inc(lost);
    let [passed, refused, wouldBlock] = [0, 0, 0];
    for (const { resources } of seconds)
      for (const second of resources) {
        passed += second.passed;
        wouldBlock += second.wouldBlock;
        for (const count of Object.values(second.blocked)) refused += count;
      }
    const told = Object.entries({ passed, blocked: refused, wouldBlock });
    for (const [verdict, count] of told)
      if (count > 0) this.#metrics.calls.inc({ environment, app, verdict }, count);
  }

  #appOf(place: Place): AppTraffic {
    const key = placeKey(place);
    const known = this.#apps.get(key);
    if (known) return known;
    const app = new AppTraffic(place, () => this.#count() < maxSeries);
    this.#apps.set(key, app);
    this.#load(key, app);
    return app;
  }

  /** Names from before the start; asked for again with the next sweep where the database is away. */
  #load(key: string, app: AppTraffic): void {
    const loading = this.#store
      .seen(app.place)
      .then((rows) => {
        for (const row of rows) app.remember(row.resource, row.type, row.firstSeenAt, row.lastSeenAt);
        this.#loading.delete(key);
      })
      .catch((error: unknown) =>
        this.#logger.debug({ err: error }, 'names of resources could not be read; it is tried again'),
      );
    this.#loading.set(key, loading);
  }

  #now(): number {
    const nowMs = this.#clock.now();
    if (nowMs < this.#latestMs - setBackMs) for (const app of this.#apps.values()) app.startAnew(nowMs);
    this.#latestMs = nowMs;
    return nowMs;
  }

  #count(): number {
    let count = 0;
    for (const app of this.#apps.values()) count += app.size;
    return count;
  }

  #tick(): void {
    const nowMs = this.#now();
    for (const app of this.#apps.values()) app.tick(nowMs);
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    const isCrowded = this.#count() > 0.9 * maxSeries;
    for (const [key, app] of this.#apps) {
      app.sweep(nowMs, isCrowded);
      if (this.#loading.has(key)) this.#load(key, app);
    }
  }
}
