import { createSluice, num, type Sluice } from '@sluice/client';
import { LeanClient } from './lean-client.ts';

/** What a process of a test fleet is told to run. */
export interface FleetOrder {
  readonly server: string;
  readonly token: string;
  readonly cacheDir: string;
  readonly ids: readonly string[];
  /** These have a listener that throws. */
  readonly throwing: readonly string[];
  /** These never ack: bare links that hear everything and say nothing. */
  readonly muted: readonly string[];
  /** Labels by instance id; without any, an instance has none. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Documents to subscribe to besides the config `order`. */
  readonly documents: readonly string[];
  /** How long each waits for the server before it begins with what it has. */
  readonly readyMs: number;
}

/** What one instance says of its own memory. */
export interface OwnReport {
  readonly instanceId: string;
  readonly state: string;
  readonly revision: number;
  readonly timeoutMs: number;
  readonly digests: Readonly<Record<string, string>>;
  readonly documents: Readonly<Record<string, string>>;
}

const order = JSON.parse(process.argv[2]!) as FleetOrder;
const clients = new Map<string, Sluice>();
const read = new Map<string, () => { timeoutMs: number; documents: Record<string, string> }>();

for (const instanceId of order.ids) {
  if (order.muted.includes(instanceId)) continue;
  const sluice = createSluice({
    server: order.server,
    token: order.token,
    environment: 'prod',
    app: 'shop',
    instanceId,
    labels: order.labels[instanceId] ?? {},
    allowMultiple: true,
    cacheDir: `${order.cacheDir}/${instanceId}`,
    logger: false,
  });
  const config = sluice.config('order', { timeoutMs: num(-1) });
  if (order.throwing.includes(instanceId))
    config.on('timeoutMs', () => {
      throw new Error('pool closed');
    });
  const documents = order.documents.map((name) => [name, sluice.document(name)] as const);
  clients.set(instanceId, sluice);
  read.set(instanceId, () => ({
    timeoutMs: config.timeoutMs,
    documents: Object.fromEntries(documents.map(([name, view]) => [name, view.text])),
  }));
}
const mutes = order.muted.map((instanceId) => new LeanClient(order.server, order.token, instanceId));
const states = await Promise.all(
  [...clients.values()].map((sluice) => sluice.ready({ timeoutMs: order.readyMs })),
);
await Promise.all(
  mutes.map(async (client) => {
    await client.connect();
    client.muted = true;
  }),
);
process.send?.({ ready: states });

process.on('message', (message: { ask: number }) => {
  const reports: OwnReport[] = [...clients].map(([instanceId, sluice]) => {
    const held = sluice.digests();
    return {
      instanceId,
      state: sluice.state,
      revision: held.revision,
      digests: Object.fromEntries(held.namespaces.map(({ name, digest }) => [name, digest])),
      ...read.get(instanceId)!(),
    };
  });
  process.send?.({ ask: message.ask, reports });
});
process.on('disconnect', () => process.exit(0));
