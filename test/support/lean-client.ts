import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { rootDigest } from '@sluice/core';
import { protocolVersion, type Sync } from '@sluice/protocol/client';
import WebSocket from 'ws';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const namespace = '/client';

/** Digests of bodies by their text: thousands of instances in one process are sent the same body and share the work. */
const digests = new Map<string, string>();
function digestOf(body: string): string {
  const known = digests.get(body);
  if (known !== undefined) return known;
  const digest = sha256(body);
  if (digests.size > 1000) digests.clear();
  digests.set(body, digest);
  return digest;
}

/** The newest packet, read: everybody is sent the same text. */
let newest: { readonly packet: string; readonly message: readonly [string, never] } | undefined;
function messageOf(packet: string): readonly [string, never] {
  if (newest?.packet !== packet) newest = { packet, message: JSON.parse(packet.slice(3 + namespace.length)) };
  return newest.message;
}

/**
 * An instance without an application: it speaks the frames of the link over a bare websocket, checks the digest of
 * every body that it is sent and acks. Thousands of them fit into one process.
 */
export class LeanClient extends EventEmitter {
  readonly instanceId: string;
  readonly holds = new Map<string, string>();
  /** Says nothing after the hello: an instance that hangs. */
  muted = false;
  /** Acks what it was sent and keeps what it had: its word and its memory differ. */
  lying = false;
  readonly #url: string;
  readonly #token: string;
  #socket: WebSocket | undefined;
  #epoch = 0;
  revision = 0;

  constructor(url: string, token: string, instanceId: string) {
    super();
    this.#url = url;
    this.#token = token;
    this.instanceId = instanceId;
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

  close(): void {
    this.#socket?.terminate();
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
      else if (event === 'probe')
        this.#emit(socket, 'state', { probeId: (frame as { probeId: number }).probeId, ...this.#held() });
    }
  }

  #held(): object {
    const namespaces = [...this.holds].map(([name, digest]) => ({ name, digest }));
    return {
      epoch: this.#epoch,
      revision: this.revision,
      rootDigest: rootDigest(namespaces, digestOf),
      namespaces,
    };
  }

  #hello(socket: WebSocket): void {
    this.#emit(socket, 'hello', {
      protocol: protocolVersion,
      instanceId: this.instanceId,
      bootId: `${this.instanceId}-boot`,
      labels: {},
      sdk: 'lean/1',
      startedAt: new Date().toISOString(),
      ready: 'live',
      cache: 'off',
      ...this.#held(),
    });
  }

  #sync(socket: WebSocket, frame: Sync, synced: () => void): void {
    const started = performance.now();
    if (this.muted) return;
    const namespaces = [];
    for (const entry of frame.changed) {
      const digest = digestOf(entry.layers[0]!.body ?? '');
      if (!this.lying) this.holds.set(entry.name, digest);
      namespaces.push({
        name: entry.name,
        digest,
        state: 'applied',
        ...(entry.pushId && { pushId: entry.pushId }),
      });
    }
    for (const name of frame.removed) this.holds.delete(name);
    this.#epoch = frame.epoch;
    this.revision = frame.revision;
    const { namespaces: _, ...held } = this.#held() as { namespaces: unknown };
    const answer = {
      deliveryId: frame.deliveryId,
      stage: 'listened',
      namespaces,
      ms: performance.now() - started,
      ...held,
    };
    this.#emit(socket, 'ack', answer);
    this.emit('applied', frame);
    synced();
  }

  #emit(socket: WebSocket, event: string, frame: object): void {
    socket.send(`42${namespace},${JSON.stringify([event, frame])}`);
  }
}
