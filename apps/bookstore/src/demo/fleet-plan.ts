import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessPlan } from './supervised-process.ts';

/** One process of the bookstore. */
export interface FleetMember extends ProcessPlan {
  /** In Sluice; `name` is its instance. */
  readonly app: string;
}

export interface FleetFacts {
  readonly instances: number;
  /** One per process of storefront, stock and accounts, in this order. */
  readonly ports: readonly number[];
  readonly serverUrl: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly logsDir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Services that are called, so that each of their processes needs a port. */
export const servingApps = ['storefront', 'stock', 'accounts'] as const;

/** All processes of the bookstore: who runs what, on which port, and who calls whom. */
export function planFleet(facts: FleetFacts): readonly FleetMember[] {
  const portsOf = (app: (typeof servingApps)[number]): readonly number[] => {
    const first = servingApps.indexOf(app) * facts.instances;
    return facts.ports.slice(first, first + facts.instances);
  };
  const urls = (app: 'storefront' | 'stock'): string =>
    portsOf(app)
      .map((port) => `http://127.0.0.1:${port}`)
      .join();
  const peers = {
    storefront: {
      STOCK_URLS: urls('stock'),
      ACCOUNTS_ADDRESSES: portsOf('accounts')
        .map((port) => `127.0.0.1:${port}`)
        .join(),
    },
    stock: {},
    accounts: {},
  };
  return [
    ...servingApps.flatMap((app) =>
      portsOf(app).map((port, index) => member(facts, app, index, { PORT: String(port), ...peers[app] })),
    ),
    member(facts, 'traffic', 0, { STOREFRONT_URLS: urls('storefront') }),
  ];
}

function member(
  facts: FleetFacts,
  app: string,
  index: number,
  env: Readonly<Record<string, string>>,
): FleetMember {
  const name = `${app}-${index + 1}`;
  return {
    app,
    name,
    script: fileURLToPath(new URL(`../${app}/main.js`, import.meta.url)),
    logFile: join(facts.logsDir, `${name}.log`),
    restartMs: 500,
    env: {
      ...facts.env,
      ...env,
      INSTANCE_ID: name,
      ZONE: index % 2 === 0 ? 'a' : 'b',
      // The last one of several runs the next version already.
      VERSION: facts.instances > 1 && index === facts.instances - 1 ? '1.5.0' : '1.4.0',
      SLUICE_SERVER: facts.serverUrl,
      SLUICE_TOKEN: facts.tokens[app] ?? '',
      SLUICE_CACHE_DIR: join(facts.dataDir, 'cache', name),
    },
  };
}
