import type { ApplyStage, ErrorText } from '@sluice/core';
import type { AckNamespace, Prepared, WireNamespace } from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';
import type { ListenerFailure } from '../config/listener-queue.ts';
import type { Notices } from '../notices/notices.ts';
import { reason } from '../notices/reasons.ts';
import { appliedAck, longestError } from './applied-ack.ts';
import { Bodies } from './bodies.ts';
import { withoutExpired } from './build-held.ts';
import { DeliveryCheck } from './delivery-check.ts';
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

/** The one road of every delivery: check -> persist -> swap -> listeners. Deliveries are swapped in order of arrival. */
export class Deliveries {
  readonly #around: DeliverySurroundings;
  /** Namespaces whose newest delivery was refused, with the reason. */
  readonly rejected = new Map<string, ErrorText>();
  /** Those of them for which a body could not be had. */
  readonly lacking = new Set<string>();
  readonly #bodies: Bodies;
  readonly #check: DeliveryCheck;
  #tail: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(around: DeliverySurroundings) {
    this.#around = around;
    const { store, clock, notices } = around;
    this.#bodies = new Bodies(
      () => store.live,
      (digest) => around.fetchBody(digest),
    );
    this.#check = new DeliveryCheck(store, clock, notices, this.#bodies);
  }

  /** Never rejects. `resync`: it belongs to an epoch that this client must first say hello in. */
  async apply(delivery: Delivery): Promise<Outcome | 'resync'> {
    const { clock, store } = this.#around;
    const receivedAt = clock.monotonic();
    const result = await this.#inTurn(() => this.#checkPersistSwap(delivery, receivedAt));
    if (result === 'resync') return result;
    const failures = await this.#tellListeners(result.changed);
    this.#reportFailures(failures);
    return {
      epoch: store.live.epoch,
      revision: store.live.revision,
      rootDigest: store.root(),
      stage: result.stage,
      namespaces: this.#ackEach(delivery, result.names, result.rejected, failures),
      // Whole: who took as long as others answers in the same words, and is read once with them.
      ms: Math.max(0, Math.round(clock.monotonic() - receivedAt)),
    };
  }

  /** What would be refused of these namespaces if they were delivered now, and why. Applies nothing. Never rejects. */
  async prepare(namespaces: readonly WireNamespace[]): Promise<Prepared['vetoes']> {
    const receivedAt = this.#around.clock.monotonic();
    const { rejected } = await this.#inTurn(() =>
      this.#check.check(namespaces, { source: 'server', receivedAt }),
    );
    return Array.from(rejected, ([name, { en }]) => ({ name, error: en.slice(0, longestError) }));
  }

  /**
   * Makes durable what is held, after what changed without a delivery. In turn, because a delivery that is about to be
   * swapped has been written already, and must not be overwritten with what was held before it.
   */
  persist(): Promise<void> {
    return this.#inTurn(() => this.#around.persist(this.#around.store.live));
  }

  /** Nothing is swapped any more, also of what is under way: the app doesn't expect it, and nobody would end it. */
  close(): void {
    this.#isClosed = true;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(task);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #checkPersistSwap(delivery: Delivery, receivedAt: number) {
    const { store, clock } = this.#around;
    const { epoch, revision } = store.live;
    const listed = delivery.removed === 'all others' ? [] : delivery.removed;
    const names = [...delivery.changed.map((n) => n.name), ...listed];
    const sameEpoch = epoch === delivery.epoch;
    const nothing = { names, changed: [], rejected: new Map<string, ErrorText>(), stage: 'checked' as const };
    if (sameEpoch && delivery.revision < revision) return nothing;
    if (!sameEpoch && !delivery.answersHello) return 'resync' as const;

    const { source, changed: wires } = delivery;
    const checked = await this.#check.check(wires, { source, receivedAt });
    const { updates: accepted, rejected } = checked;
    const updates = new Map([...accepted, ...this.#removals(delivery)]);
    const kept = rejected.size > 0 && updates.size === 0;
    const cursor = kept ? { epoch: delivery.epoch, revision: sameEpoch ? revision : 0 } : delivery;
    // The check takes its time, and that of a layer may run out meanwhile.
    const next = (): Live => ({
      epoch: cursor.epoch,
      revision: cursor.revision,
      namespaces: merged(store.live.namespaces, updates, clock.monotonic()),
    });
    if (updates.size > 0) await this.#around.persist(next());
    if (this.#isClosed) return nothing;
    const changed = store.swap(next());
    this.#bodies.settle();
    this.#remember(delivery, updates, rejected);
    for (const name of names) this.lacking.delete(name);
    for (const name of checked.lacking) this.lacking.add(name);
    this.#around.swapped();
    const stage: ApplyStage = kept ? 'checked' : 'listened';
    return { names: [...new Set([...names, ...updates.keys()])], changed, rejected, stage };
  }

  #removals({ changed, removed }: Delivery): (readonly [string, undefined])[] {
    const held = this.#around.store.live.namespaces;
    const present = new Set(changed.map((n) => n.name));
    const listed = removed === 'all others' ? [...held.keys()] : removed;
    return listed
      .filter((name) => !present.has(name) && held.has(name))
      .map((name) => [name, undefined] as const);
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
    const { store } = this.#around;
    const pushIds = new Map(delivery.changed.map((n) => [n.name, n.pushId]));
    return names.map((name): AckNamespace => {
      const pushId = pushIds.get(name);
      const ack = { ...appliedAck(store, name, failures.get(name)), ...(pushId && { pushId }) };
      const refusal = rejected.get(name);
      return refusal ? { ...ack, state: 'rejected', error: refusal.en.slice(0, longestError) } : ack;
    });
  }
}

function merged(
  base: ReadonlyMap<string, Held>,
  updates: ReadonlyMap<string, Held | undefined>,
  monotonicNow: number,
): Map<string, Held> {
  const next = new Map(base);
  for (const [name, held] of updates) {
    const inForce = held && withoutExpired(held, monotonicNow);
    if (inForce) next.set(name, inForce);
    else next.delete(name);
  }
  return next;
}
