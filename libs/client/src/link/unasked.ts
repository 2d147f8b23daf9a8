import type { ErrorText } from '@sluice/core';
import type { AckNamespace } from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';
import type { ListenerFailure } from '../config/listener-queue.ts';
import type { Notices } from '../notices/notices.ts';
import { appliedAck, longestError } from '../snapshot/applied-ack.ts';
import type { Store } from '../snapshot/store.ts';
import type { Link } from './link.ts';

/** What was said so shortly before a connection broke may have gone nowhere: a dead peer is noticed after 10 s. */
const doubtfulMs = 15_000;

type Failures = readonly ListenerFailure[] | undefined;

/**
 * What is said without having been asked: this client changed by itself what it serves, because a layer ran out of its
 * time or because code that was loaded later had a word in it. While the server is away it is kept until it is back.
 */
export class Unasked {
  readonly #store: Store;
  readonly #notices: Notices;
  readonly #clock: Clock;
  readonly #link: Pick<Link, 'isUp' | 'sendUnaskedAck' | 'sendHeartbeat'>;
  /** Names of namespaces, and which listeners failed over them. */
  readonly #untold = new Map<string, Failures>();
  readonly #told = new Map<string, { readonly failures: Failures; readonly at: number }>();

  constructor(
    store: Store,
    notices: Notices,
    clock: Clock,
    link: Pick<Link, 'isUp' | 'sendUnaskedAck' | 'sendHeartbeat'>,
  ) {
    this.#store = store;
    this.#notices = notices;
    this.#clock = clock;
    this.#link = link;
  }

  /** The server is back. */
  up(): void {
    const untold = new Map(this.#untold);
    this.#untold.clear();
    this.#tell(untold);
  }

  /** The server is away. */
  down(): void {
    const since = this.#clock.monotonic() - doubtfulMs;
    for (const [name, { failures, at }] of this.#told) if (at > since) this.#untold.set(name, failures);
    this.#told.clear();
  }

  /** Tells the listeners of these namespaces, then the server. */
  async changed(names: readonly string[]): Promise<void> {
    const failures = await this.#store.tellListeners(names);
    this.told(new Map(names.map((name) => [name, failures.get(name)])));
  }

  /** Listeners were told of these, and some failed. */
  told(failures: ReadonlyMap<string, Failures>): void {
    for (const list of failures.values())
      for (const { path, reason } of list ?? [])
        this.#notices.warn('listener_failed', { path, reason }, path);
    if (this.#link.isUp) this.#tell(failures);
    else for (const [name, failed] of failures) this.#untold.set(name, failed);
  }

  /** Code that was loaded after the values arrived refuses them. While the server is away, the hello will show it. */
  refused(name: string, reason: ErrorText): void {
    const held = this.#store.live.namespaces.get(name);
    this.#notices.warn('value_rejected', { namespace: name, revision: held?.revision ?? 0, reason }, name);
    const pushId = held?.pushId;
    const error = reason.en.slice(0, longestError);
    this.send([{ name, ...(pushId && { pushId }), state: 'rejected', error }]);
  }

  #tell(changes: ReadonlyMap<string, Failures>): void {
    const at = this.#clock.monotonic();
    for (const [name, failures] of changes) this.#told.set(name, { failures, at });
    this.send(Array.from(changes, ([name, failed]) => appliedAck(this.#store, name, failed)));
  }

  /** What became of namespaces that were asked for anew. */
  send(namespaces: AckNamespace[]): void {
    if (namespaces.length === 0) return;
    const { epoch, revision } = this.#store.live;
    const rootDigest = this.#store.root();
    this.#link.sendUnaskedAck({ epoch, revision, rootDigest, stage: 'listened', namespaces, ms: 0 });
    this.#link.sendHeartbeat();
  }
}
