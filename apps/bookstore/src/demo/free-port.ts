import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const host = '127.0.0.1';

/** Whether something could listen there now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Waits until nobody listens there any more; false when somebody still does after `timeoutMs`. */
export async function becomesFree(port: number, timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (!(await isFree(port))) {
    if (performance.now() > until) return false;
    await sleep(100);
  }
  return true;
}

const lowest = 1024;
const highest = 65_535;

/** The first `count` free ports from `from` upwards, so that they are the same from start to start if they can be. */
export async function freePorts(from: number, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let step = 0; step <= highest - lowest && found.length < count; step++) {
    const port = lowest + ((from - lowest + step) % (highest - lowest + 1));
    if (await isFree(port)) found.push(port);
  }
  if (found.length < count) throw new Error(`only ${found.length} of ${count} ports are free`);
  return found;
}
