import { setTimeout as wait } from 'node:timers/promises';
import { Backoff } from '../../libs/client/src/link/backoff.ts';
import { LeanClient } from './lean-client.ts';

/** What a process full of lean instances is told. */
export interface CrowdOrder {
  readonly server: string;
  readonly token: string;
  /** Ids are this and a number. */
  readonly name: string;
  readonly count: number;
}

/** How its instances are. */
export interface CrowdState {
  readonly connected: number;
  /** Told a root digest that is the one of what they hold, since they last connected. */
  readonly verified: number;
  /** When the last of them was verified. */
  readonly lastVerifiedAt: number;
  /** Connections that failed or were refused so far. */
  readonly failures: number;
}

export type CrowdWish = { readonly reportEveryMs: number } | { readonly state: true };

/** As the real link: it comes back for ever, asks whether the server is there, and tells what it holds. */
const connectWithinMs = 10_000;
const aliveMs = 5000;
const heartbeatMs = 30_000;
const atOnce = 100;

const order = JSON.parse(process.argv[2]!) as CrowdOrder;
const clients = Array.from(
  { length: order.count },
  (_, n) => new LeanClient(order.server, order.token, `${order.name}-${n}`),
);
const verified = new Set<LeanClient>();
let lastVerifiedAt = 0;
let failures = 0;

for (const client of clients) {
  client.on('applied', (frame: { rootDigest: string }) => {
    if (frame.rootDigest !== client.rootDigest || verified.has(client)) return;
    verified.add(client);
    lastVerifiedAt = Date.now();
  });
  client.on('closed', () => verified.delete(client));
}

async function connect(client: LeanClient): Promise<void> {
  const late = setTimeout(() => client.close(), connectWithinMs);
  try {
    await client.connect();
  } finally {
    clearTimeout(late);
  }
}

/** Comes back whenever the connection is lost. */
function stay(client: LeanClient): void {
  const backoff = new Backoff(Math.random);
  let askedMs = 0;
  client.on('refused', ({ retryAfterMs = 0 }: { retryAfterMs?: number }) => {
    askedMs = retryAfterMs;
  });
  client.on('closed', () => void again());
  let isComing = false;
  async function again(): Promise<void> {
    if (isComing) return;
    isComing = true;
    while (!client.isOpen) {
      await wait(backoff.nextMs(askedMs));
      askedMs = 0;
      await connect(client).then(
        () => backoff.reset(),
        (error: Error) => {
          failures++;
          askedMs = Number(/"retryAfterMs":(\d+)/.exec(error.message)?.[1] ?? 0);
        },
      );
    }
    isComing = false;
  }
}

/** Spreads what each of them does in a time over that time. */
function each(everyMs: number, act: (client: LeanClient) => void): NodeJS.Timeout {
  const tickMs = 50;
  let next = 0;
  let due = 0;
  return setInterval(() => {
    for (due += (clients.length * tickMs) / everyMs; due >= 1; due--) act(clients[next++ % clients.length]!);
  }, tickMs);
}

const resources = ['GET /books/:id', 'db.books', 'pay.charge'].map((resource) => ({
  resource,
  type: 'web' as const,
  passed: 20,
  blocked: { limited: 1 },
  wouldBlock: 0,
  success: 19,
  errors: 1,
  degraded: 0,
  injected: 0,
  active: 2,
  latency: [
    [30, 12],
    [40, 7],
    [50, 1],
  ] as [number, number][],
  rules: [{ rule: 'guard/all', blocked: 1, wouldBlock: 0 }],
}));

for (let from = 0; from < clients.length; from += atOnce)
  await Promise.all(clients.slice(from, from + atOnce).map(connect));
for (const client of clients) stay(client);
each(aliveMs, (client) => client.alive());
each(heartbeatMs, (client) => client.beat());
let reports: NodeJS.Timeout | undefined;

process.on('message', (wish: CrowdWish) => {
  if ('reportEveryMs' in wish) {
    clearInterval(reports);
    if (wish.reportEveryMs > 0)
      reports = each(wish.reportEveryMs, (client) => {
        if (client.isOpen) client.report({ seconds: [{ agoMs: 0, resources }] });
      });
  }
  const connected = clients.filter((client) => client.isOpen).length;
  process.send?.({ connected, verified: verified.size, lastVerifiedAt, failures } satisfies CrowdState);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: clients.length });
