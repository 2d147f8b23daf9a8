// Real clients whose guarded calls go on by themselves; told by messages to fail or to call more often.
import { BlockedError, createSluice, num, type Sluice } from '@sluice/client';

/** What a process of guarded instances is told to run. */
export interface GuardedOrder {
  readonly server: string;
  readonly token: string;
  readonly cacheDir: string;
  /** That of the token; `shop` when absent. */
  readonly app?: string;
  readonly ids: readonly string[];
  /** The guarded functions, each called so often a second by each instance. */
  readonly resources: Readonly<Record<string, number>>;
  /** Calls of this resource fail on an instance while its number under this key is smaller. */
  readonly failsBelow?: {
    readonly resource: string;
    readonly namespace: string;
    readonly key: string;
    readonly least: number;
  };
}

/** What callers of one resource got since it was to be forgotten. */
export interface CallerReport {
  readonly ok: number;
  readonly blocked: number;
  readonly failed: number;
  /** The last answer of a refused call that got one, and of one that did not. */
  readonly lastAnswer?: unknown;
  readonly lastDecision?: string;
}

export type GuardedAsk =
  | { readonly ask: number; readonly what: 'report' | 'forget'; readonly resource: string }
  | { readonly ask: number; readonly what: 'fail'; readonly resource: string; readonly share: number }
  | { readonly ask: number; readonly what: 'rate'; readonly resource: string; readonly perSec: number };

interface Counts {
  ok: number;
  blocked: number;
  failed: number;
  lastAnswer?: unknown;
  lastDecision?: string;
}

const order = JSON.parse(process.argv[2]!) as GuardedOrder;
const counts = new Map<string, Counts>();
const rates = new Map(Object.entries(order.resources));
const shares = new Map<string, number>();
const origins = ['web', 'app', 'batch'];
const tickMs = 50;
let calls = 0;

const of = (resource: string): Counts => {
  const known = counts.get(resource) ?? { ok: 0, blocked: 0, failed: 0 };
  counts.set(resource, known);
  return known;
};

async function callOnce(protectedCall: () => Promise<unknown>, resource: string): Promise<void> {
  const count = of(resource);
  try {
    const answer = await protectedCall();
    if (answer === 'fresh') count.ok += 1;
    else {
      count.blocked += 1;
      count.lastAnswer = answer;
    }
  } catch (error) {
    if (error instanceof BlockedError) {
      count.blocked += 1;
      count.lastAnswer = 'BlockedError';
      count.lastDecision = error.decisionId;
    } else count.failed += 1;
  }
}

/** Whether a call fails because of what this instance was given. */
function failing(sluice: Sluice): (resource: string) => boolean {
  const { failsBelow } = order;
  if (!failsBelow) return () => false;
  const { resource: ill, namespace, key, least } = failsBelow;
  const config = sluice.config(namespace, { [key]: num(least) });
  return (resource) => resource === ill && config[key]! < least;
}

async function startInstance(instanceId: string): Promise<{ sluice: Sluice; state: string }> {
  const sluice = createSluice({
    server: order.server,
    token: order.token,
    environment: 'prod',
    app: order.app ?? 'shop',
    instanceId,
    allowMultiple: true,
    cacheDir: `${order.cacheDir}/${instanceId}`,
    logger: false,
  });
  const mayFail = failing(sluice);
  const state = await sluice.ready({ timeoutMs: 15_000 });
  for (const resource of rates.keys()) {
    const call = sluice.protect(
      resource,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5 + (calls % 7) * 3));
        if (mayFail(resource) || Math.random() < (shares.get(resource) ?? 0)) throw new Error('out of stock');
        return 'fresh';
      },
      { type: 'web', inputs: () => ({ origin: origins[calls % 3]! }) },
    );
    let owed = 0;
    setInterval(() => {
      owed += ((rates.get(resource) ?? 0) * tickMs) / 1000;
      for (; owed >= 1; owed -= 1) {
        calls += 1;
        void callOnce(call as () => Promise<unknown>, resource);
      }
    }, tickMs);
  }
  return { sluice, state };
}

const started = await Promise.all(order.ids.map(startInstance));
process.send?.({ ready: started.map(({ state }) => state) });

process.on('message', (message: GuardedAsk) => {
  if (message.what === 'fail') shares.set(message.resource, message.share);
  if (message.what === 'rate') rates.set(message.resource, message.perSec);
  if (message.what === 'forget') counts.delete(message.resource);
  const report = { ...of(message.resource) };
  process.send?.({ ask: message.ask, report });
});
process.on('disconnect', () => process.exit(0));
