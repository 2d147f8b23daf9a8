import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** The bare peer: sends one text to everybody and counts the answers. */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const sockets = new Set<WebSocket>();
let acks = 0;
let started = 0;
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('message', () => {
    if (++acks === sockets.size) process.send?.({ ms: performance.now() - started, acks });
  });
});
server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', ({ broadcast }: { broadcast: string }) => {
  acks = 0;
  started = performance.now();
  for (const socket of sockets) socket.send(broadcast);
});
