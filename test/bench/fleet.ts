import { LeanClient } from '../support/lean-client.ts';

/** A process full of lean instances. Says when all of them are connected. */
const { url, token, count } = JSON.parse(process.argv[2]!) as { url: string; token: string; count: number };
const atOnce = 100;
const clients: LeanClient[] = [];
for (let from = 0; from < count; from += atOnce) {
  const batch = Array.from(
    { length: Math.min(atOnce, count - from) },
    (_, n) => new LeanClient(url, token, `i-${from + n}`),
  );
  clients.push(...batch);
  await Promise.all(batch.map((client) => client.connect()));
}
process.send?.({ connected: clients.length });
