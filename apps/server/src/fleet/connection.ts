import type { CacheState, ReadyState } from '@sluice/core';
import type { Hello, Sync } from '@sluice/protocol/client';
import type { Holding } from './fleet.entities.ts';
import type { Place } from './place.ts';

/** A delivery that was sent and not answered yet; one object for all who were sent it together. */
export interface InFlight {
  /** Shared by everybody who was sent the same. */
  readonly frame: Sync;
  /** The layers of each namespace in it, where there are more than the global one. */
  readonly layerKeys: ReadonlyMap<string, string>;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
}

/** What an instance says that it holds of a namespace. */
export type HeldNamespace = Hello['namespaces'][number];

/** A content that an instance would not take. */
export interface Refusal {
  readonly digest: string;
  readonly error: string | undefined;
}

/** A sync that is the same for many: made bytes once, as they go over a websocket. */
export interface EncodedFrame {
  readonly event: 'sync';
  readonly frame: Sync;
  readonly bytes: Buffer;
}

/** How a delivery leaves; the link gives it, so that the fleet doesn't know about sockets. */
export interface Wire {
  send(
    event: 'sync' | 'probe' | 'prepare' | 'refused' | 'kill' | 'leases' | 'explain' | 'faults',
    frame: unknown,
  ): void;
  sendEncoded(frame: EncodedFrame): void;
  /** Ends it in order: what was sent before arrives. */
  close(): void;
  /** Ends it at once and gives back what waits in it: the other end doesn't read any more. */
  cut(): void;
  /** What was sent and the operating system has not taken yet. */
  bufferedBytes(): number;
  /** Changes whenever the operating system takes some of what waits. */
  progressMark(): number;
}

/**
 * One connected instance and what it says it holds. At most one delivery is in flight; what changes meanwhile only
 * makes it `dirty`, and the newest state is sent when the ack is in: a slow instance costs no queue.
 */
export class Connection {
  readonly place: Place;
  readonly credential: string;
  readonly instanceId: string;
  readonly bootId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sdk: string;
  readonly remoteAddress: string;
  readonly startedAt: number;
  readonly wire: Wire;
  holds = new Map<string, Holding>();
  /** What it refused, by namespace: not sent again unless somebody asks for it. */
  refused: ReadonlyMap<string, Refusal> = none;
  /** The layers that it has, by namespace, where there are more than the global one; see `ViewNamespace.layersKey`. */
  layerKeys: ReadonlyMap<string, string> = none;
  inFlight: InFlight | undefined;
  dirty = false;
  /** Deliveries that were sent to mend the same difference in a row. */
  repairs = 0;
  /** The next of them is not sent before; monotonic milliseconds. */
  nextRepairAt = 0;
  ready: ReadyState;
  cache: CacheState;
  epoch: number;
  revision: number;
  rootDigest: string;
  conflict = false;
  lastSeenAt: number;
  /** What is known of it is newer than its row. */
  isToBeWritten = false;

  constructor(
    hello: Hello,
    place: Place,
    credential: string,
    remoteAddress: string,
    wire: Wire,
    now: number,
  ) {
    this.place = place;
    this.credential = credential;
    this.instanceId = hello.instanceId;
    this.bootId = hello.bootId;
    this.labels = hello.labels;
    this.sdk = hello.sdk;
    this.remoteAddress = remoteAddress;
    this.startedAt = Date.parse(hello.startedAt);
    this.wire = wire;
    this.ready = hello.ready;
    this.cache = hello.cache;
    this.epoch = hello.epoch;
    this.revision = hello.revision;
    this.rootDigest = hello.rootDigest;
    this.lastSeenAt = now;
    this.holdsAre(hello.namespaces, now);
  }

  /** It was found to hold something else than it had confirmed, and its memory has not shown since that it is mended. */
  get isDoubted(): boolean {
    return this.repairs > 0;
  }

  /** What it refused of a namespace; undefined for nothing. */
  refuses(name: string, refusal: Refusal | undefined): void {
    this.refused = withEntry(this.refused, name, refusal);
  }

  /** The layers that it has of a namespace; an empty key for the global one alone. */
  hasLayers(name: string, key: string): void {
    this.layerKeys = withEntry(this.layerKeys, name, key === '' ? undefined : key);
  }

  /** Takes over a full list of what it holds. */
  holdsAre(namespaces: readonly HeldNamespace[], now: number): void {
    const before = this.holds;
    this.holds = new Map(
      namespaces.map(({ name, digest }) => {
        const old = before.get(name);
        return [name, old?.digest === digest ? old : { digest, at: now }];
      }),
    );
  }
}

/** Shared by all who have nothing in a map, which is nearly everybody: ten thousand empty ones are megabytes. */
const none: ReadonlyMap<string, never> = new Map<string, never>();

function withEntry<V>(
  map: ReadonlyMap<string, V>,
  name: string,
  value: V | undefined,
): ReadonlyMap<string, V> {
  if (value !== undefined) return new Map(map).set(name, value);
  if (!map.has(name)) return map;
  return map.size === 1 ? none : new Map([...map].filter(([other]) => other !== name));
}
