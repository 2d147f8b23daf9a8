import type { Server as HttpServer } from 'node:http';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Server } from 'socket.io';

/** Frames up to this size are read; a hello over a thousand namespaces fits. */
const maxFrameBytes = 256 * 1024;

/**
 * The one socket.io server: applications on `/client`, pages on `/console`. Websocket only, no compression, nothing
 * buffered for the absent. A connection that stays silent in the handshake is closed after 5 s.
 */
@Injectable()
export class Sockets implements OnApplicationShutdown {
  readonly io = new Server({
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: maxFrameBytes,
    connectTimeout: 5000,
    pingInterval: 25_000,
    pingTimeout: 20_000,
  });

  constructor() {
    // Once a namespace has let a connection in, the handshake's request is not needed again; letting it go saves
    // memory per connection. Not earlier: socket.io reads the headers from it when a namespace is asked for.
    this.io.on('new_namespace', (namespace) => {
      namespace.on('connection', (socket) => {
        (socket.conn as { request: unknown }).request = null;
      });
    });
  }

  attach(server: HttpServer): void {
    this.io.attach(server);
  }

  async onApplicationShutdown(): Promise<void> {
    this.io.disconnectSockets(true);
    await this.io.close();
  }
}
