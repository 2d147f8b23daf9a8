import type { ClientToServer, ServerToClient } from '@sluice/protocol/client';
import type { Socket } from 'socket.io';
import type { Wire } from '../fleet/connection.ts';
import type { LinkIdentity } from './link-authority.ts';

export type LinkSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, LinkIdentity>;

/** What lies below socket.io: the packets that wait for the websocket, and the websocket itself. */
interface Below {
  readonly writeBuffer?: readonly { readonly data?: unknown }[];
  readonly transport: {
    readonly socket?: {
      readonly bufferedAmount?: number;
      readonly _socket?: { readonly _handle?: { readonly writeQueueSize?: number } };
      terminate?(): void;
    };
  };
}

/** Roughly what a packet takes besides its text. */
const bytesPerPacket = 100;

/** The way to one instance over its socket. */
export function wireOf(socket: LinkSocket): Wire {
  const below = socket.conn as unknown as Below;
  return {
    socketId: socket.id,
    send: (event, frame) => void socket.emit(event, frame as never),
    close: () => void socket.disconnect(true),
    cut: () => {
      socket.disconnect(true);
      // socket.io waits for what was written before, which never leaves.
      below.transport.socket?.terminate?.();
    },
    // The websocket counts what it was given; while that waits, the packets after it wait above.
    bufferedBytes: () => {
      let bytes = below.transport.socket?.bufferedAmount ?? 0;
      for (const { data } of below.writeBuffer ?? [])
        bytes += bytesPerPacket + (typeof data === 'string' ? data.length : 0);
      return bytes;
    },
    // A frame counts as written only when all of it is; how far it got is known below. Node's own timeouts of sockets
    // look there, too.
    progressMark: () => {
      const { bufferedAmount = 0, _socket } = below.transport.socket ?? {};
      return bufferedAmount + (_socket?._handle?.writeQueueSize ?? 0);
    },
  };
}
