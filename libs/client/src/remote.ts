import { randomUUID } from 'node:crypto';
import type { CacheState, ErrorText } from '@sluice/core';
import {
  type Heartbeat,
  type Hello,
  type Prepare,
  type Prepared,
  protocolVersion,
  type Snapshot,
  type State,
  type Sync,
} from '@sluice/protocol/client';
import { defaultCacheFolder } from './cache/default-folder.ts';
import { DiskCache } from './cache/disk-cache.ts';
import { SecretBodies } from './cache/secret-bodies.ts';
import type { Origin } from './client.ts';
import type { Timer } from './clock.ts';
import type { ListenerFailure } from './config/listener-queue.ts';
import type { Protection, ProtectionFrame } from './guard/protection.ts';
import { instanceIdOf, podName } from './identity.ts';
import { BodyFetcher } from './link/body-fetcher.ts';
import { Fallback } from './link/fallback.ts';
import { Link, type LinkLoss, type LinkOwner } from './link/link.ts';
import { ServerHttp } from './link/server-http.ts';
import { Unasked } from './link/unasked.ts';
import { LossNotices } from './notices/loss-notices.ts';
import type { Notices } from './notices/notices.ts';
import type { Settings } from './options.ts';
import type { Readiness } from './readiness.ts';
import { Deliveries } from './snapshot/delivery.ts';
import type { Live } from './snapshot/held.ts';
import { sha256 } from './snapshot/sha256.ts';
import type { Store } from './snapshot/store.ts';
import { toStored } from './snapshot/stored.ts';
import { startFromBootstrap, startFromCache } from './start-values.ts';
import { clientVersion } from './version.ts';

/** A disk that hangs must not keep the client from the server. */
const openWithinMs = 1000;
/** So that time in which the process works for itself, as it does when it starts, counts as little of it. */
const openStepMs = 10;
const closeWithinMs = 5000;
/** About how often is asked over HTTP. */
const pollMs = 30_000;

export interface RemoteOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly readiness: Readiness;
  readonly notices: Notices;
  readonly protection: Protection;
  readonly random: () => number;
}

/** Digest of server and token: whose revisions, and whose kill switch, these are. */
export const originOf = ({ server, token }: Settings): string => sha256(`${server}\n${token}`).slice(0, 32);

/** The server as the client sees it: link, polling and disk cache around one store. */
export class Remote implements Origin, LinkOwner {
  readonly #options: RemoteOptions;
  readonly #bootId = randomUUID();
  readonly #stop = new AbortController();
  /** What the server is told without having asked. */
  readonly unasked: Unasked;
  readonly #link: Link;
  readonly #fallback: Fallback;
  readonly #losses: LossNotices;
  readonly #deliveries: Deliveries;
  readonly #cache: DiskCache | undefined;
  readonly #secretBodies: SecretBodies;
  /** Digest of server and token: whose revisions these are. */
  readonly #origin: string;
  #instanceId: string | undefined;
  #again: Timer | undefined;
  #opening: Promise<void> = Promise.resolve();

  constructor(options: RemoteOptions) {
    this.#options = options;
    const { settings, store, notices, random } = options;
    const { server, token, clock } = settings;
    this.#instanceId = settings.instanceId;
    this.#origin = originOf(settings);
    this.#secretBodies = new SecretBodies(token);
    const http = new ServerHttp(server, token);
    this.#link = new Link({ server, token, clock, random, owner: this });
    this.unasked = new Unasked(store, notices, clock, this.#link);
    this.#losses = new LossNotices(settings, notices, store, options.readiness);
    this.#fallback = new Fallback({
      http,
      clock,
      random,
      labels: settings.labels,
      asker: async () => {
        await this.#opened();
        return { instanceId: this.#identify(undefined), layeredDigest: store.layered() };
      },
      same: () => options.readiness.confirm(),
      take: (snapshot) => this.#take(snapshot),
      refused: (refusal) => this.#losses.refused(refusal, pollMs),
    });
    this.#cache = this.#makeCache();
    const link = this.#link;
    options.protection.link({
      bootId: this.#bootId,
      get isUp() {
        return link.isUp;
      },
      send: (event, ...frame) => link.send(event, ...frame),
      unreadable: (frame, reason) => this.unreadable(frame, reason),
    });
    const bodies = new BodyFetcher(http, clock, random, this.#stop.signal);
    this.#deliveries = new Deliveries({
      store,
      clock,
      notices,
      persist: (live) => this.#persist(live),
      fetchBody: (digest) => bodies.fetch(digest),
      swapped: () => options.readiness.confirm(),
    });
  }

  get instanceId(): string | undefined {
    return this.#instanceId;
  }

  get cache(): CacheState {
    return this.#cache?.state ?? 'off';
  }

  get connected(): boolean {
    return this.#link.isUp;
  }

  get rejected(): ReadonlyMap<string, ErrorText> {
    return this.#deliveries.rejected;
  }

  /** Reads the disk, and connects when that is done: the hello says what was found. A slow disk is not waited for. */
  start(): void {
    this.#opening = this.#open();
    void this.#opened().then(() => this.#link.connect());
    this.#fallback.start(true);
  }

  async hello(): Promise<Hello> {
    this.#options.protection.connecting();
    await this.#opened();
    const { settings, readiness } = this.#options;
    const { environment, app, labels } = settings;
    return {
      protocol: protocolVersion,
      instanceId: this.#identify(undefined),
      bootId: this.#bootId,
      ...(environment !== undefined && { environment }),
      ...(app !== undefined && { app }),
      labels,
      sdk: `@sluice/client ${clientVersion} node ${process.versions.node}`,
      startedAt: new Date(Date.now() - process.uptime() * 1000).toISOString(),
      ready: readiness.state,
      cache: this.cache,
      ...this.state(),
    };
  }

  async sync(frame: Sync, answersHello: boolean) {
    const outcome = await this.#deliveries.apply({ ...frame, answersHello, source: 'server' });
    this.#tryAgainLater();
    if (outcome === 'resync') return outcome;
    return { ...outcome, namespaces: [...outcome.namespaces] };
  }

  async #take({ namespaces: changed, ...rest }: Snapshot): Promise<void> {
    const lacked = new Set(this.#deliveries.lacking);
    const outcome = await this.#deliveries.apply({
      ...rest,
      changed,
      removed: 'all others',
      answersHello: true,
      source: 'server',
    });
    if (outcome !== 'resync') this.unasked.send(outcome.namespaces.filter(({ name }) => lacked.has(name)));
  }

  /** What could not be fetched is asked for again, as long as the socket stands; without it that happens anyway. */
  #tryAgainLater(): void {
    if (this.#again || this.#deliveries.lacking.size === 0) return;
    const { settings, random } = this.#options;
    this.#again = settings.clock.after(pollMs * (0.8 + 0.4 * random()), async () => {
      this.#again = undefined;
      if (!this.#link.isUp) return;
      await this.#fallback.ask();
      this.#tryAgainLater();
    });
  }

  prepare(frame: Prepare): Promise<Prepared['vetoes']> {
    return this.#deliveries.prepare(frame.namespaces);
  }

  protectionFrame(name: ProtectionFrame, raw: unknown): void {
    this.#options.protection.frame(name, raw);
  }

  state(): Omit<State, 'probeId'> {
    const digests = this.#options.store.digests();
    return { ...digests, namespaces: [...digests.namespaces] };
  }

  heartbeat(): Heartbeat {
    const { store, readiness } = this.#options;
    const { epoch, revision } = store.live;
    const { rootDigest } = store.digests();
    return { epoch, revision, rootDigest, ready: readiness.state, cache: this.cache };
  }

  up(): void {
    this.#fallback.stop();
    this.#options.readiness.connected(true);
    this.#options.protection.connected();
    this.unasked.up();
  }

  down(loss: LinkLoss): void {
    const { readiness } = this.#options;
    const neverConfirmed = readiness.confirmedAgoMs === undefined;
    this.unasked.down();
    readiness.connected(false);
    this.#fallback.start(neverConfirmed);
    this.#losses.lost(loss);
    if (loss.why === 'refused' && !loss.frame.retry) void this.#opening.then(() => readiness.giveUp());
  }

  unreadable(frame: string, reason: string): void {
    this.#options.notices.warn('frame_unreadable', { frame, reason }, frame);
  }

  refusedLater(namespace: string, reason: ErrorText): void {
    this.unasked.refused(namespace, reason);
  }

  /** Layers ran out of their time: the swap is done, the rest of the road follows. */
  expired(names: readonly string[]): Promise<void> {
    void this.#deliveries.persist();
    return this.unasked.changed(names);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#again?.cancel();
    this.#fallback.stop();
    this.#deliveries.close();
    this.#options.protection.close();
    const parted = this.#link.close();
    this.#options.store.close();
    this.#options.readiness.close();
    await this.#within(
      // The slot is given back once nothing is written to it any more.
      Promise.all([parted, this.#opening.then(() => this.#cache?.close())]),
      closeWithinMs,
    );
  }

  async #open(): Promise<void> {
    const { settings } = this.#options;
    const opened = await this.#cache?.open();
    const instanceId = this.#identify(opened?.slotIndex);
    this.#cache?.belongsTo(instanceId);
    const { store, notices, protection } = this.#options;
    // Before the rules: they must not refuse for a moment what an operator let through.
    await protection.kill.open(this.#cache);
    const start = {
      store,
      notices,
      clock: settings.clock,
      bodies: this.#secretBodies,
      instanceId,
      origin: this.#origin,
      told: (failures: ReadonlyMap<string, readonly ListenerFailure[]>) => this.unasked.told(failures),
    };
    const served = opened?.loaded !== undefined && (await startFromCache(opened.loaded, start));
    if (!served && settings.bootstrapFile !== undefined)
      await startFromBootstrap(settings.bootstrapFile, start);
  }

  /** The disk has been read, or hangs. Between two steps the process gets to hear what the disk has answered. */
  async #opened(): Promise<void> {
    let isOpen = false;
    const opening = this.#opening.then(() => {
      isOpen = true;
    });
    for (let leftMs = openWithinMs; leftMs > 0 && !isOpen; leftMs -= openStepMs)
      await this.#within(opening, openStepMs);
  }

  #identify(slotIndex: number | undefined): string {
    this.#instanceId ??= instanceIdOf(podName(process.env), slotIndex, this.#bootId);
    return this.#instanceId;
  }

  #makeCache(): DiskCache | undefined {
    const { cacheDir, environment, app, instanceId, token, server, clock } = this.#options.settings;
    if (cacheDir === false) return undefined;
    // Without names the token tells apps apart, so that they never read each other's values.
    const unnamed = sha256(`${server}\n${token}`).slice(0, 16);
    return new DiskCache({
      root: cacheDir ?? defaultCacheFolder(),
      environment: environment ?? 'by-token',
      app: app ?? unnamed,
      instanceId: instanceId ?? podName(process.env),
      origin: this.#origin,
      clock,
      notices: this.#options.notices,
      changed: () => this.#link.sendHeartbeat(),
      lost: () => {
        // Of nothing there is nothing to save, and it might hide what another process has left.
        if (this.#options.store.live.namespaces.size > 0) void this.#deliveries.persist();
      },
    });
  }

  #persist(live: Live): Promise<void> {
    const { clock } = this.#options.settings;
    return this.#cache?.save(() => toStored(live, clock, this.#secretBodies)) ?? Promise.resolve();
  }

  async #within(task: Promise<unknown>, limitMs: number): Promise<void> {
    let timer: { cancel(): void } | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.#options.settings.clock.after(limitMs, resolve, 'held');
    });
    await Promise.race([task, late]);
    timer?.cancel();
  }
}
