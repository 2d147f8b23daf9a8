import { once } from 'node:events';
import WebSocket from 'ws';

/** As many bare sockets; each answers what it gets with an ack of the size of ours. */
const { port, count } = JSON.parse(process.argv[2]!) as { port: number; count: number };
const answer = JSON.stringify({ ack: 'a'.repeat(350) });
for (let from = 0; from < count; from += 100)
  await Promise.all(
    Array.from({ length: Math.min(100, count - from) }, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
      socket.on('message', () => socket.send(answer));
      await once(socket, 'open');
    }),
  );
process.send?.({ connected: count });
