import { EventEmitter } from 'node:events';
import { type Content, canonicalText, compose, type Json, parseLayer, rootDigest } from '@sluice/core';
import {
  type ExplainCall,
  type FaultState,
  type Faults,
  type Kill,
  type Prepare,
  protocolVersion,
  type report,
  type Sync,
  type WireLayer,
  type WireNamespace,
} from '@sluice/protocol/client';
import WebSocket from 'ws';
import type { z } from 'zod';
import { digestOf } from './lean-digests.ts';
import { answerOf, messageOf, namespace, packetOf } from './lean-packets.ts';

const maxReceived = 100;

/** How an instance differs from any other. */
export interface LeanOptions {
  readonly labels?: Readonly<Record<string, string>>;
  /** Of this start of the process. */
  readonly bootId?: string;
}

/**
 * An instance without an application: it speaks the frames of the link over a bare websocket, composes layers, ends
 * them at their time, checks digests and acks. Thousands of them fit into one process.
 */
export class LeanClient extends EventEmitter {
  readonly instanceId: string;
  /** Digests by namespace, as this instance says them. */
  readonly holds = new Map<string, string>();
  /** Says nothing after the hello: an instance that hangs. */
  muted = false;
  /** Acks what it was sent and keeps what it had: its word and its memory differ. */
  lying = false;
  /** Namespaces that it refuses to prepare, and why. */
  readonly vetoes = new Map<string, string>();
  /** Refused calls that it remembers, by the id of the decision. */
  readonly refusals = new Map<string, Record<string, Json>>();
  /** The kill switch as it was last told. */
  kill: Kill | undefined;
  /** Namespaces that it refuses to take, and why. */
  readonly refuses = new Map<string, string>();
  /** The last deliveries that brought something, oldest first. */
  readonly received: Sync[] = [];
  readonly #url: string;
  readonly #token: string;
  readonly #options: LeanOptions;
  /** What it was sent of each namespace, without layers that have ended. */
  readonly #namespaces = new Map<string, WireNamespace>();
  readonly #ends = new Map<string, NodeJS.Timeout>();
  #socket: WebSocket | undefined;
  epoch = 0;
  #sequence = 0;
  revision = 0;

  constructor(url: string, token: string, instanceId: string, options: LeanOptions = {}) {
    super();
    this.#url = url;
    this.#token = token;
    this.instanceId = instanceId;
    this.#options = options;
  }

  /** Resolves when the first sync is in and acked. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const address = `${this.#url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
      const socket = new WebSocket(address, { perMessageDeflate: false });
      this.#socket = socket;
      socket.on('message', (data) => this.#read(data.toString(), socket, resolve, reject));
      socket.on('error', reject);
      socket.on('close', () => {
        reject(new Error('closed before the first sync'));
        this.emit('closed');
      });
    });
  }

  /** Says what a real client says unasked: that it is there, and, every now and then, what it holds. */
  alive(): void {
    if (this.isOpen) this.#socket?.send(`42${namespace},${this.#sequence}["alive"]`);
  }

  beat(): void {
    if (this.isOpen)
      this.#emit(this.#socket!, 'heartbeat', { ready: 'live', cache: 'off', ...this.#cursor() });
  }

  /** Over all that it holds. */
  get rootDigest(): string {
    return rootDigest(
      Array.from(this.holds, ([name, digest]) => ({ name, digest })),
      digestOf,
    );
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  close(): void {
    for (const end of this.#ends.values()) clearTimeout(end);
    this.#socket?.terminate();
  }

  /** Tells what calls came to; numbered unless a number is given. */
  report(frame: Partial<z.input<typeof report>>): void {
    this.#sequence = frame.sequence ?? this.#sequence + 1;
    this.#emit(this.#socket!, 'report', { seconds: [], ...frame, sequence: this.#sequence });
  }

  /** Tells what drills come to in it. */
  tellFaults(frame: Omit<FaultState, 'bootId'>): void {
    if (this.isOpen) this.#emit(this.#socket!, 'faultState', { bootId: this.#bootId, ...frame });
  }

  get #bootId(): string {
    return this.#options.bootId ?? `${this.instanceId}-boot`;
  }

  /** The value of a key as its layers come to it; undefined when none sets it. */
  value(namespace: string, key: string): Json | undefined {
    const wire = this.#namespaces.get(namespace);
    const content = wire && composed(wire);
    if (!content) return undefined;
    if (content.kind === 'document') return content.text;
    const entry = Object.hasOwn(content.items, key) ? content.items[key] : undefined;
    return content.kind === 'map' ? (entry as { value: Json } | undefined)?.value : (entry as Json);
  }

  /** The layers that it has of a namespace. */
  layers(namespace: string): readonly WireLayer[] {
    return this.#namespaces.get(namespace)?.layers ?? [];
  }

  /** Ends every layer that has a time, as if it were over, and says so unasked. */
  endLayers(): void {
    for (const [name, wire] of this.#namespaces) {
      const left = wire.layers.filter((layer) => layer.expiresInMs === undefined);
      if (left.length < wire.layers.length) this.#ended(name, { ...wire, layers: left });
    }
  }

  #read(packet: string, socket: WebSocket, synced: () => void, failed: (error: Error) => void): void {
    if (packet === '2') socket.send('3');
    else if (packet.startsWith('0'))
      socket.send(`40${namespace},${JSON.stringify({ token: this.#token, protocol: protocolVersion })}`);
    else if (packet.startsWith(`40${namespace}`)) this.#hello(socket);
    else if (packet.startsWith(`44${namespace}`)) failed(new Error(packet));
    else if (packet.startsWith(`42${namespace},`)) {
      const [event, frame] = messageOf(packet);
      if (event === 'sync') this.#sync(socket, frame, synced);
      else if (event === 'refused') this.emit('refused', frame);
      else if (event === 'prepare' && !this.muted) this.#prepare(socket, frame);
      else if (event === 'kill') this.#killed(socket, frame);
      else if (event === 'faults') this.emit('faults', frame as Faults);
      else if (event === 'leases') this.emit('leases', frame);
      else if (event === 'explain') this.#explain(socket, frame);
      else if (event === 'probe')
        this.#emit(socket, 'state', { probeId: (frame as { probeId: number }).probeId, ...this.#held() });
    }
  }

  #killed(socket: WebSocket, frame: Kill): void {
    if (this.muted) return;
    this.kill = frame;
    this.#emit(socket, 'killed', { version: frame.version });
    this.emit('kill', frame);
  }

  #explain(socket: WebSocket, { askId, decisionId }: ExplainCall): void {
    const block = this.refusals.get(decisionId);
    if (!this.muted) this.#emit(socket, 'explained', { askId, ...(block && { block }) });
  }

  #held(): object {
    const namespaces = [...this.holds].map(([name, digest]) => {
      const revision = this.#namespaces.get(name)?.revision;
      return { name, digest, ...(revision !== undefined && { revision }) };
    });
    return {
      epoch: this.epoch,
      revision: this.revision,
      rootDigest: rootDigest(namespaces, digestOf),
      namespaces,
    };
  }

  /** The same without the list: what an ack says. */
  #cursor(): object {
    return { epoch: this.epoch, revision: this.revision, rootDigest: this.rootDigest };
  }

  #hello(socket: WebSocket): void {
    this.#emit(socket, 'hello', {
      protocol: protocolVersion,
      instanceId: this.instanceId,
      bootId: this.#bootId,
      labels: this.#options.labels ?? {},
      sdk: 'lean/1',
      startedAt: new Date().toISOString(),
      ready: 'live',
      cache: 'off',
      ...this.#held(),
    });
  }

  #sync(socket: WebSocket, frame: Sync, synced: () => void): void {
    if (this.muted) return;
    const began = performance.now();
    const isWhole = frame.changed.every(({ layers }) => layers.every((layer) => layer.body !== undefined));
    if (isWhole) this.#apply(socket, frame, frame.changed, began, synced);
    else
      void Promise.all(frame.changed.map((entry) => this.#fetched(entry))).then((changed) =>
        this.#apply(socket, frame, changed, began, synced),
      );
  }

  #apply(
    socket: WebSocket,
    frame: Sync,
    changed: readonly WireNamespace[],
    began: number,
    synced: () => void,
  ): void {
    const namespaces = changed.map((entry) => {
      const error = this.refuses.get(entry.name);
      if (error !== undefined) {
        const digest = this.holds.get(entry.name);
        return { name: entry.name, ...(digest && { digest }), state: 'rejected', error };
      }
      const pushId = entry.pushId && { pushId: entry.pushId };
      return { name: entry.name, digest: this.#take(entry), state: 'applied', ...pushId };
    });
    for (const name of frame.removed) this.#forget(name);
    if (frame.changed.length + frame.removed.length > 0) this.received.push(frame);
    if (this.received.length > maxReceived) this.received.shift();
    this.epoch = frame.epoch;
    this.revision = frame.revision;
    const ms = Math.round(performance.now() - began);
    const answer = (): string => {
      const { deliveryId } = frame;
      return packetOf('ack', { deliveryId, stage: 'listened', namespaces, ms, ...this.#cursor() });
    };
    // Who holds this alone says what all say who do.
    const isAlike =
      this.holds.size === 1 && namespaces.length === 1 && this.refuses.size === 0 && !this.lying;
    socket.send(isAlike ? answerOf(frame, ms, answer) : answer());
    this.emit('applied', frame);
    synced();
  }

  /** Answers the digest that it says it has. */
  #take(wire: WireNamespace): string {
    const digest = digestOfNamespace(wire);
    if (this.lying) return digest;
    this.holds.set(wire.name, digest);
    this.#namespaces.set(wire.name, wire);
    if (this.#ends.size > 0) clearTimeout(this.#ends.get(wire.name));
    if (wire.layers.length === 1 && wire.layers[0]!.kind === 'global') return digest;
    const times = wire.layers.flatMap((layer) => layer.expiresInMs ?? []);
    if (times.length > 0) this.#endIn(wire.name, Math.min(...times));
    return digest;
  }

  #endIn(name: string, inMs: number): void {
    const wire = this.#namespaces.get(name)!;
    const end = setTimeout(
      () => {
        const left = wire.layers
          .filter(({ expiresInMs }) => expiresInMs === undefined || expiresInMs > inMs)
          .map((layer) =>
            layer.expiresInMs === undefined ? layer : { ...layer, expiresInMs: layer.expiresInMs - inMs },
          );
        this.#ended(name, { ...wire, layers: left });
      },
      Math.min(inMs, 2 ** 31 - 1),
    );
    this.#ends.set(name, end.unref());
  }

  #ended(name: string, wire: WireNamespace): void {
    if (wire.layers.length === 0) this.#forget(name);
    else this.#take(wire);
    const digest = this.holds.get(name);
    const said = { name, ...(digest !== undefined && { digest }), state: 'applied' };
    if (this.#socket?.readyState === WebSocket.OPEN)
      this.#emit(this.#socket, 'ack', {
        deliveryId: 0,
        stage: 'listened',
        namespaces: [said],
        ms: 0,
        ...this.#cursor(),
      });
    this.emit('ended', name);
  }

  #forget(name: string): void {
    this.holds.delete(name);
    this.#namespaces.delete(name);
    clearTimeout(this.#ends.get(name));
  }

  #prepare(socket: WebSocket, { prepareId, namespaces }: Prepare): void {
    const vetoes = namespaces.flatMap((wire) => {
      const error =
        this.vetoes.get(wire.name) ?? (digestOfNamespace(wire) === wire.digest ? undefined : 'digest');
      return error === undefined ? [] : [{ name: wire.name, error }];
    });
    this.#emit(socket, 'prepared', { prepareId, vetoes });
    this.emit('prepared', namespaces);
  }

  async #fetched(wire: WireNamespace): Promise<WireNamespace> {
    const layers = await Promise.all(
      wire.layers.map(async (layer) => {
        if (layer.body !== undefined) return layer;
        const answer = await fetch(`${this.#url}/client/v1/body/${layer.digest}`, {
          headers: { authorization: `Bearer ${this.#token}` },
        });
        return { ...layer, body: await answer.text() };
      }),
    );
    return { ...wire, layers };
  }

  #emit(socket: WebSocket, event: string, frame: object): void {
    socket.send(packetOf(event, frame));
  }
}

function composed(wire: WireNamespace): Content | undefined {
  const layers = wire.layers.map((layer) => parseLayer({ ...layer, body: layer.body ?? '' } as never));
  return compose(wire.kind, layers)?.content;
}

/** Of a content alone the digest of its body, as everybody who was sent it works out once. */
function digestOfNamespace(wire: WireNamespace): string {
  const [only] = wire.layers;
  if (wire.layers.length === 1 && only?.kind === 'global') return digestOf(only.body ?? '');
  return digestOf(canonicalText(composed(wire)));
}
