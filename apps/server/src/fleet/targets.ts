import { EventEmitter } from 'node:events';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import { LOGGER } from '../env/tokens.ts';
import type { ChangeEntity } from '../feed/change.entity.ts';
import { Feed } from '../feed/feed.ts';
import { type InForce, LayersRead } from '../releases/layers.read.ts';
import { Fleet } from './fleet.ts';
import { type Place, placeKey } from './place.ts';

import { Target, type Turn } from './target.ts';

/** Bodies that are kept in memory for apps that nobody is connected of; the least recently used app leaves first. */
const maxBytes = 128 * 1024 * 1024;
/** What an app costs besides its bodies. */
const bytesPerPlace = 2048;
const retryMs = 1000;
/** A timer can't wait longer; it looks again then. */
const maxTimerMs = 2 ** 31 - 1;

interface Kept {
  readonly layers: InForce;
  readonly target: Target;
}

/**
 * The memory in front of the database: what each app's instances must hold. Only a miss reads the database, one read
 * at a time per app; a change in the feed reloads what is in memory. While the database is away, what is in memory is
 * served on, and layers end at their time all the same.
 */
@Injectable()
export class Targets implements OnApplicationShutdown {
  readonly #read: LayersRead;
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #kept = new Map<string, Kept>();
  readonly #loading = new Map<string, Promise<Target>>();
  readonly #stale = new Set<string>();
  readonly #turns = new Map<string, Turn>();
  readonly #events = new EventEmitter();
  #bytes = 0;
  #nextEnd: NodeJS.Timeout | undefined;

  constructor(
    @Inject(LayersRead) read: LayersRead,
    @Inject(Feed) feed: Feed,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Clock) clock: Clock,
    @Inject(Metrics) metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#read = read;
    this.#fleet = fleet;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#logger = logger;
    feed.onChanges((environment, changes) => {
      for (const [app, rows] of Map.groupBy(changes, (change) => change.app)) {
        this.#turned({ environment, app }, rows);
        this.#reload({ environment, app });
      }
    });
    feed.onEpoch((environment) => {
      for (const [key, { target }] of this.#kept) {
        if (target.place.environment !== environment) continue;
        this.#turns.delete(key);
        this.#reload(target.place);
      }
    });
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#nextEnd);
  }

  /** What the instances of this place must hold. Rejects only when it isn't in memory and the database is away. */
  async get(place: Place): Promise<Target> {
    const key = placeKey(place);
    const known = this.#kept.get(key);
    if (!known) return this.#load(place);
    this.#kept.delete(key);
    this.#kept.set(key, known);
    return known.target;
  }

  /** As it is in the database now. */
  async anew(place: Place): Promise<Target> {
    await this.#loading.get(placeKey(place))?.catch(() => undefined);
    return this.#load(place);
  }

  /** The same, when it is in memory. */
  peek(place: Place): Target | undefined {
    return this.#kept.get(placeKey(place))?.target;
  }

  /** Calls back when a target that was in memory has become another. */
  onTarget(listener: (target: Target) => void): void {
    this.#events.on('target', listener);
  }

  /** Ends layers whose time is over now; a timer does it, and whoever can't wait for it. */
  endLayers(): void {
    const now = this.#clock.now();
    for (const [key, { layers, target }] of this.#kept)
      if (target.endsAt !== undefined && target.endsAt <= now)
        this.#put(key, {
          layers,
          target: new Target(target.place, layers, now, { before: target, turn: target.turn }),
        });
    this.#armEnd();
  }

  /** The ends of layers were moved, of which nothing else tells: what is in memory is read from the database as a whole. */
  async readAnew(): Promise<void> {
    for (const [key, { target }] of [...this.#kept]) {
      const layers = await this.#read.inForce(target.place);
      const isNewest = this.#kept.get(key)?.target.revision === layers.revision;
      if (isNewest)
        this.#put(key, {
          layers,
          target: new Target(target.place, layers, this.#clock.now(), { turn: target.turn }),
        });
      else this.#kept.delete(key);
    }
    this.#armEnd();
  }

  /** Remembered of apps in memory: of a change that nobody here waited for, its layers tell enough. */
  #turned(place: Place, changes: readonly ChangeEntity[]): void {
    const key = placeKey(place);
    const { revision, pushId } = changes.at(-1)!;
    const names = changes.filter((each) => each.revision === revision).map((each) => each.namespace);
    if (pushId === null || names.length < 2 || !this.#kept.has(key)) this.#turns.delete(key);
    else this.#turns.set(key, { revision, pushId, namespaces: new Set(names) });
  }

  #reload(place: Place): void {
    const key = placeKey(place);
    // A load that began before this change may miss it: look once more when it is done.
    if (this.#loading.has(key)) this.#stale.add(key);
    else if (this.#kept.has(key)) void this.#load(place).catch((error: unknown) => this.#later(place, error));
  }

  #later(place: Place, error: unknown): void {
    this.#logger.warn(
      { err: error, ...place },
      'a change could not be read yet; what is in memory is served on',
    );
    setTimeout(() => this.#reload(place), retryMs).unref();
  }

  #load(place: Place): Promise<Target> {
    const key = placeKey(place);
    const running = this.#loading.get(key);
    if (running) return running;
    this.#metrics.targetLoads.inc();
    const before = this.#kept.get(key)?.layers;
    const load = (before ? this.#read.inForceAfter(before, place) : this.#read.inForce(place))
      .then((layers) => this.#keep(place, layers))
      .finally(() => {
        this.#loading.delete(key);
        if (this.#stale.delete(key)) this.#reload(place);
      });
    this.#loading.set(key, load);
    return load;
  }

  #keep(place: Place, layers: InForce): Target {
    const key = placeKey(place);
    const before = this.#kept.get(key)?.target;
    // A read that was overtaken must not take anything back.
    if (before && before.epoch === layers.epoch && before.revision > layers.revision) return before;
    const target = new Target(place, layers, this.#clock.now(), { before, turn: this.#turns.get(key) });
    this.#put(key, { layers, target });
    this.#makeRoom(key);
    this.#armEnd();
    return target;
  }

  #put(key: string, kept: Kept): void {
    const before = this.#kept.get(key);
    if (before) this.#bytes -= before.target.sizeBytes + bytesPerPlace;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    this.#bytes += kept.target.sizeBytes + bytesPerPlace;
    if (before) this.#events.emit('target', kept.target);
  }

  /** What connected instances must hold stays: they have to be told when it changes. */
  #makeRoom(justKept: string): void {
    for (const [key, { target }] of this.#kept) {
      if (this.#bytes <= maxBytes) return;
      if (key === justKept || this.#fleet.has(target.place)) continue;
      this.#kept.delete(key);
      this.#turns.delete(key);
      this.#bytes -= target.sizeBytes + bytesPerPlace;
    }
  }

  #armEnd(): void {
    clearTimeout(this.#nextEnd);
    let next: number | undefined;
    for (const { target } of this.#kept.values())
      if (target.endsAt !== undefined) next = Math.min(next ?? target.endsAt, target.endsAt);
    if (next === undefined) return;
    const inMs = Math.min(Math.max(0, next - this.#clock.now()), maxTimerMs);
    this.#nextEnd = setTimeout(() => this.endLayers(), inMs);
    this.#nextEnd.unref();
  }
}
