import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { limits, rootDigest } from '@sluice/core';
import type { WireNamespace } from '@sluice/protocol/client';
import type { Logger } from 'pino';
import { Metrics } from '../env/metrics.ts';
import { LOGGER } from '../env/tokens.ts';
import { Feed } from '../feed/feed.ts';
import { type LiveNamespace, ReleasesRead } from '../releases/releases.read.ts';
import { type Place, placeKey } from './place.ts';

/** One namespace as every instance of its app must hold it, ready to be sent. */
export interface TargetNamespace {
  readonly namespaceId: string;
  readonly digest: string;
  readonly release: number;
  readonly revision: number;
  readonly pushId?: string;
  readonly body: string;
  readonly wire: WireNamespace;
}

/** What every instance of an app must hold, at one revision of its environment. */
export interface Target {
  readonly place: Place;
  readonly epoch: number;
  readonly revision: number;
  readonly rootDigest: string;
  readonly namespaces: ReadonlyMap<string, TargetNamespace>;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Apps that are kept in memory; the least recently used one leaves first. */
const maxPlaces = 2000;
const retryMs = 1000;

/**
 * The memory in front of the database: what each app's instances must hold. Only a miss reads the database, one read
 * at a time per app; a change in the feed reloads what is in memory. While the database is away, what is in memory
 * is served on.
 */
@Injectable()
export class Targets {
  readonly #read: ReleasesRead;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #targets = new Map<string, Target>();
  readonly #loading = new Map<string, Promise<Target>>();
  readonly #stale = new Set<string>();
  readonly #events = new EventEmitter();

  constructor(
    @Inject(ReleasesRead) read: ReleasesRead,
    @Inject(Feed) feed: Feed,
    @Inject(Metrics) metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#read = read;
    this.#metrics = metrics;
    this.#logger = logger;
    feed.onChanges((environment, changes) => {
      for (const app of new Set(changes.map((change) => change.app))) this.#reload({ environment, app });
    });
  }

  /** What the instances of this place must hold. Rejects only when it isn't in memory and the database is away. */
  async get(place: Place): Promise<Target> {
    const key = placeKey(place);
    const known = this.#targets.get(key);
    if (!known) return this.#load(place);
    this.#targets.delete(key);
    this.#targets.set(key, known);
    return known;
  }

  /** The same, when it is in memory. */
  peek(place: Place): Target | undefined {
    return this.#targets.get(placeKey(place));
  }

  /** Calls back when a target that was in memory has become another. */
  onTarget(listener: (target: Target) => void): void {
    this.#events.on('target', listener);
  }

  #reload(place: Place): void {
    const key = placeKey(place);
    // A load that began before this change may miss it: look once more when it is done.
    if (this.#loading.has(key)) this.#stale.add(key);
    else if (this.#targets.has(key))
      void this.#load(place).catch((error: unknown) => this.#later(place, error));
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
    const load = this.#read
      .liveOf(place.environment, place.app)
      .then((live) => this.#keep(key, targetOf(place, live.epoch, live.revision, live.namespaces)))
      .finally(() => {
        this.#loading.delete(key);
        if (this.#stale.delete(key)) this.#reload(place);
      });
    this.#loading.set(key, load);
    return load;
  }

  #keep(key: string, target: Target): Target {
    const before = this.#targets.get(key);
    // A read that was overtaken must not take anything back.
    if (before && before.epoch === target.epoch && before.revision > target.revision) return before;
    this.#targets.delete(key);
    this.#targets.set(key, target);
    const oldest = this.#targets.keys().next().value;
    if (this.#targets.size > maxPlaces && oldest !== undefined) this.#targets.delete(oldest);
    if (before) this.#events.emit('target', target);
    return target;
  }
}

function targetOf(place: Place, epoch: number, revision: number, live: readonly LiveNamespace[]): Target {
  const namespaces = new Map(live.map((namespace) => [namespace.name, targetNamespace(namespace)]));
  return { place, epoch, revision, rootDigest: rootDigest(live, sha256), namespaces };
}

function targetNamespace(live: LiveNamespace): TargetNamespace {
  const sizeBytes = Buffer.byteLength(live.body);
  const layer = {
    id: live.namespaceId,
    kind: 'global' as const,
    order: 0,
    revision: live.revision,
    release: live.release,
    digest: live.digest,
    sizeBytes,
    ...(sizeBytes <= limits.inlineBodyBytes && { body: live.body }),
  };
  const push = live.pushId === undefined ? {} : { pushId: live.pushId };
  return {
    namespaceId: live.namespaceId,
    digest: live.digest,
    release: live.release,
    revision: live.revision,
    body: live.body,
    ...push,
    wire: {
      name: live.name,
      kind: live.kind,
      revision: live.revision,
      digest: live.digest,
      layers: [layer],
      ...(live.schema && { schema: live.schema }),
      ...push,
    },
  };
}
