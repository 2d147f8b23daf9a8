import type { EncodedFrame, Wire } from '../fleet/connection.ts';
import { below, freeSocket, type LinkSocket } from './below-socket.ts';

/** Roughly what a packet takes besides its text. */
const bytesPerPacket = 100;

/** The way to one instance over its socket. */
export class SocketWire implements Wire {
  readonly #socket: LinkSocket;

  constructor(socket: LinkSocket) {
    this.#socket = socket;
  }

  send(event: Parameters<Wire['send']>[0], frame: unknown): void {
    this.#socket.emit(event, frame as never);
  }

  /**
   * Past socket.io, which would write the same bytes: when thousands are told at once, its way to the websocket is a
   * good part of the time.
   */
  sendEncoded({ event, frame, bytes }: EncodedFrame): void {
    const sender = freeSocket(this.#socket)?._sender;
    if (sender) sender.sendFrame([bytes]);
    else this.#socket.emit(event, frame);
  }

  close(): void {
    this.#socket.disconnect(true);
  }

  cut(): void {
    this.#socket.disconnect(true);
    // socket.io waits for what was written before, which never leaves.
    below(this.#socket).transport.socket?.terminate();
  }

  /** The websocket counts what it was given; while that waits, the packets after it wait above. */
  bufferedBytes(): number {
    const { transport, writeBuffer } = below(this.#socket);
    let bytes = transport.socket?.bufferedAmount ?? 0;
    for (const { data } of writeBuffer ?? [])
      bytes += bytesPerPacket + (typeof data === 'string' ? data.length : 0);
    return bytes;
  }

  /**
   * A frame counts as written only when all of it is; how far it got is known below. Node's own timeouts of sockets
   * look there, too.
   */
  progressMark(): number {
    const { bufferedAmount = 0, _socket } = below(this.#socket).transport.socket ?? {};
    return bufferedAmount + (_socket?._handle?.writeQueueSize ?? 0);
  }
}
