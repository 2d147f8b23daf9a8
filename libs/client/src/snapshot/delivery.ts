import type { ApplyStage, ErrorText, Layer } from '@sluice/core';
import type { AckNamespace, WireNamespace } from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';
import type { ListenerFailure } from '../config/listener-queue.ts';
import type { Notices } from '../notices/notices.ts';
import { reason, reasonOf } from '../notices/reasons.ts';
import { SchemaCheck } from '../schema/schema-check.ts';
import { buildHeld, CheckFailure } from './build-held.ts';
import type { Held, HeldSource, Live } from './held.ts';
import type { Store } from './store.ts';

/** A state that was delivered: by the socket as what differs, or by HTTP as all there is. */
export interface Delivery {
  readonly epoch: number;
  readonly revision: number;
  readonly changed: readonly WireNamespace[];
  /** `all`: `changed` is everything, so whatever else is held goes. */
  readonly removed: readonly string[] | 'all others';
  /** Compared against what was held when it was asked for, so it may come from another epoch. */
  readonly answersHello: boolean;
  readonly source: HeldSource;
}

/** What there is to say of a delivery afterwards. */
export interface Outcome {
  readonly epoch: number;
  readonly revision: number;
  readonly rootDigest: string;
  readonly stage: ApplyStage;
  readonly namespaces: readonly AckNamespace[];
  readonly ms: number;
}

/** What deliveries need from their surroundings. */
export interface DeliverySurroundings {
  readonly store: Store;
  readonly clock: Clock;
  readonly notices: Notices;
  /** Resolves when `live` is on disk, or can't be. Never rejects. */
  persist(live: Live): Promise<void>;
  /** The text of a body that did not travel inside the frame. */
  fetchBody(digest: string): Promise<string>;
  /** Called once the new state is what everybody reads. */
  swapped(): void;
}

const listenersWithinMs = 20_000;

interface Checked {
  readonly updates: ReadonlyMap<string, Held | undefined>;
  readonly rejected: ReadonlyMap<string, ErrorText>;
}

/** The one road of every delivery: check -> persist -> swap -> listeners. Deliveries are swapped in order of arrival. */
export class Deliveries {
  readonly #around: DeliverySurroundings;
  /** Namespaces whose newest delivery was refused, with the reason. */
  readonly rejected = new Map<string, ErrorText>();
  readonly #schemas: SchemaCheck;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(around: DeliverySurroundings) {
    this.#around = around;
    this.#schemas = new SchemaCheck(around.notices);
  }

  /** Never rejects. `resync`: it belongs to an epoch that this client must first say hello in. */
  async apply(delivery: Delivery): Promise<Outcome | 'resync'> {
    const { clock, store } = this.#around;
    const receivedAt = clock.monotonic();
    const turn = this.#tail.then(() => this.#checkPersistSwap(delivery, receivedAt));
    this.#tail = turn.catch(() => undefined);
    const result = await turn;
    if (result === 'resync') return result;
    const failures = await this.#tellListeners(result.changed);
    this.#reportFailures(failures);
    return {
      epoch: store.live.epoch,
      revision: store.live.revision,
      rootDigest: store.root(),
      stage: result.stage,
      namespaces: this.#ackEach(delivery, result.names, result.rejected, failures),
      ms: Math.max(0, clock.monotonic() - receivedAt),
    };
  }

  async #checkPersistSwap(delivery: Delivery, receivedAt: number) {
    const { store } = this.#around;
    const { epoch, revision } = store.live;
    const listed = delivery.removed === 'all others' ? [] : delivery.removed;
    const names = [...delivery.changed.map((n) => n.name), ...listed];
    const sameEpoch = epoch === delivery.epoch;
    if (sameEpoch && delivery.revision < revision)
      return { names, changed: [], rejected: new Map<string, ErrorText>(), stage: 'checked' as const };
    if (!sameEpoch && !delivery.answersHello) return 'resync' as const;

    const { updates, rejected } = await this.#check(delivery, receivedAt);
    const kept = rejected.size > 0 && updates.size === 0;
    const cursor = kept ? { epoch: delivery.epoch, revision: sameEpoch ? revision : 0 } : delivery;
    const next = (): Live => ({
      epoch: cursor.epoch,
      revision: cursor.revision,
      namespaces: merged(store.live.namespaces, updates),
    });
    if (updates.size > 0) await this.#around.persist(next());
    const changed = store.swap(next());
    this.#remember(delivery, updates, rejected);
    this.#around.swapped();
    const stage: ApplyStage = kept ? 'checked' : 'listened';
    return { names: [...new Set([...names, ...updates.keys()])], changed, rejected, stage };
  }

  /** Namespaces that one push carries stand or fall together. */
  async #check(delivery: Delivery, receivedAt: number): Promise<Checked> {
    const updates = new Map<string, Held | undefined>();
    const rejected = new Map<string, ErrorText>();
    for (const group of byPush(delivery.changed)) {
      const built = new Map<string, Held | undefined>();
      const reasons = new Map<string, ErrorText>();
      for (const wire of group) {
        try {
          built.set(wire.name, await this.#build(wire, delivery.source, receivedAt));
        } catch (error) {
          reasons.set(wire.name, reasonOf(error));
        }
      }
      const [first] = reasons;
      for (const { name } of group)
        if (!first) updates.set(name, built.get(name));
        else
          rejected.set(
            name,
            reasons.get(name) ?? reason('same_push', { namespace: first[0], reason: first[1] }),
          );
    }
    const present = new Set(delivery.changed.map((n) => n.name));
    const removed =
      delivery.removed === 'all others' ? [...this.#around.store.live.namespaces.keys()] : delivery.removed;
    for (const name of removed)
      if (!present.has(name) && this.#around.store.live.namespaces.has(name)) updates.set(name, undefined);
    return { updates, rejected };
  }

  async #build(wire: WireNamespace, source: HeldSource, receivedAt: number): Promise<Held | undefined> {
    const layers: Layer[] = [];
    for (const layer of wire.layers)
      layers.push({ ...layer, body: layer.body ?? (await this.#bodyOf(layer.digest)) });
    const since = this.#around.clock.now();
    const held = buildHeld({ ...wire, layers }, { source, since, monotonicNow: receivedAt });
    const refusal =
      held && ((await this.#schemas.refusal(wire.schema, held)) ?? (await this.#around.store.check(held)));
    if (refusal) throw new CheckFailure(refusal);
    return held;
  }

  async #bodyOf(digest: string): Promise<string> {
    for (const held of this.#around.store.live.namespaces.values())
      for (const layer of held.layers) if (layer.digest === digest) return layer.body;
    return this.#around.fetchBody(digest);
  }

  /** Many slow listeners in a row must not hold the ack back until the server takes this instance for gone. */
  async #tellListeners(names: readonly string[]): Promise<ReadonlyMap<string, readonly ListenerFailure[]>> {
    const { clock, store } = this.#around;
    const tooLate = reason('listeners_late', { limitSec: listenersWithinMs / 1000 });
    let timer: { cancel(): void } | undefined;
    const late = new Promise<ReadonlyMap<string, readonly ListenerFailure[]>>((resolve) => {
      timer = clock.after(listenersWithinMs, () =>
        resolve(new Map(names.map((name) => [name, [{ path: name, reason: tooLate }]]))),
      );
    });
    const told = await Promise.race([store.tellListeners(names), late]);
    timer?.cancel();
    return told;
  }

  #remember(
    delivery: Delivery,
    updates: ReadonlyMap<string, unknown>,
    rejected: ReadonlyMap<string, ErrorText>,
  ): void {
    for (const name of updates.keys()) this.rejected.delete(name);
    for (const [namespace, reason] of rejected) {
      this.rejected.set(namespace, reason);
      this.#around.notices.warn(
        'value_rejected',
        { namespace, revision: delivery.revision, reason },
        namespace,
      );
    }
  }

  #reportFailures(failures: ReadonlyMap<string, readonly ListenerFailure[]>): void {
    for (const list of failures.values())
      for (const { path, reason } of list)
        this.#around.notices.warn('listener_failed', { path, reason }, path);
  }

  /** What is said of each namespace of the delivery; digests are computed anew from what is read now. */
  #ackEach(
    delivery: Delivery,
    names: readonly string[],
    rejected: ReadonlyMap<string, ErrorText>,
    failures: ReadonlyMap<string, readonly ListenerFailure[]>,
  ): AckNamespace[] {
    const pushIds = new Map(delivery.changed.map((n) => [n.name, n.pushId]));
    return names.map((name): AckNamespace => {
      const [digest, pushId] = [this.#around.store.digestOf(name), pushIds.get(name)];
      const known = { name, ...(digest && { digest }), ...(pushId && { pushId }) };
      // Code that was loaded while the listeners ran may have refused it since.
      const refusal = rejected.get(name) ?? this.#around.store.disputed.get(name);
      if (refusal) return { ...known, state: 'rejected', error: refusal.en.slice(0, 2000) };
      const failed = failures.get(name);
      if (!failed) return { ...known, state: 'applied' };
      const error = failed.map((f) => `listener of ${f.path}: ${f.reason.en}`).join('; ');
      return { ...known, state: 'failed', error: error.slice(0, 2000) };
    });
  }
}

function merged(
  base: ReadonlyMap<string, Held>,
  updates: ReadonlyMap<string, Held | undefined>,
): ReadonlyMap<string, Held> {
  const next = new Map(base);
  for (const [name, held] of updates)
    if (held) next.set(name, held);
    else next.delete(name);
  return next;
}

function byPush(changed: readonly WireNamespace[]): WireNamespace[][] {
  const groups = new Map<string, WireNamespace[]>();
  for (const wire of changed) {
    const key = wire.pushId === undefined ? `alone ${wire.name}` : `push ${wire.pushId}`;
    const group = groups.get(key);
    if (group) group.push(wire);
    else groups.set(key, [wire]);
  }
  return [...groups.values()];
}
