import type { EventEmitter } from 'node:events';
import type { ClientToServer, ServerToClient } from '@sluice/protocol/client';
import type { Socket } from 'socket.io';
import type { LinkIdentity } from './link-authority.ts';

export type LinkSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, LinkIdentity>;

/** A websocket of ws, with parts that it doesn't speak of in its types. */
interface Bare extends EventEmitter {
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  readonly _socket?: { readonly _handle?: { readonly writeQueueSize?: number } };
  readonly _sender?: { sendFrame(frames: readonly Buffer[]): void };
  readonly _receiver?: Receiver;
  send(text: string): void;
  terminate(): void;
}

/** What takes a websocket's bytes apart. Its socket hands each chunk to `write`. */
interface Receiver {
  readonly _state?: number;
  readonly _bufferedBytes?: number;
  readonly _fragmented?: number;
  readonly _opcode?: number;
  readonly _errored?: boolean;
  readonly writableLength: number;
  readonly writableEnded: boolean;
  write(chunk: Buffer): boolean;
}

/**
 * What lies below a connection of socket.io: the engine, with the packets that wait in it, and the websocket. The
 * only place that knows of it. Whatever is missing there, because another version has it no more, means the long way
 * through socket.io, which is right in every case, only slower; a test holds that the short one is taken.
 */
export interface Below {
  readonly readyState: string;
  readonly writeBuffer?: readonly { readonly data?: unknown }[];
  readonly transport: { readonly writable?: boolean; readonly socket?: Bare };
  /** Until when an answer to a ping is waited for; whatever comes meanwhile prolongs that once. */
  readonly pingTimeoutTimer?: { refresh(): void } | null;
  hasRefreshedPingTimeout?: boolean;
}

export const below = (socket: LinkSocket): Below => socket.conn as unknown as Below;

/** The websocket, when bytes may go right to it: nothing waits in the engine that would have to leave before. */
export function freeSocket(socket: LinkSocket): Bare | undefined {
  const { readyState, transport, writeBuffer } = below(socket);
  const isFree = readyState === 'open' && transport.writable === true && writeBuffer?.length === 0;
  const bare = transport.socket;
  return isFree && socket.connected && bare && bare.readyState === bare.OPEN ? bare : undefined;
}

const closing = 8;

/** Whether the next byte is the first of a frame, and that of a message of its own, as far as ws is concerned. */
export const isBetweenMessages = (receiver: Receiver): boolean =>
  receiver._state === 0 &&
  receiver._bufferedBytes === 0 &&
  receiver._fragmented === 0 &&
  receiver._errored === false &&
  receiver._opcode !== closing &&
  receiver.writableLength === 0 &&
  !receiver.writableEnded;

/** Lets go of what a connection began with, its headers, query and token; nobody reads that again, and it is memory. */
export function forgetHandshake(socket: LinkSocket): void {
  (socket as { handshake: unknown }).handshake = undefined;
}
