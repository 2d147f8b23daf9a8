import { createServer } from 'node:net';

/** Below what systems give to whoever asks for no port of its own: the bookstore counts up from here, process by process. */
const [lowest, apart, places] = [10_000, 100, 220];

/** A port that nobody listens on now, with some of its own above it. */
export async function unusedPort(): Promise<number> {
  for (;;) {
    const port = lowest + apart * Math.floor(Math.random() * places);
    if (await isUnused(port)) return port;
  }
}

function isUnused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
