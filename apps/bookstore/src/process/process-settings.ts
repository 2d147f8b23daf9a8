import type { SluiceOptions } from '@sluice/client';

/** Where a process stands and whom it talks to: fixed for its life, so it comes from the environment variables. */
export class ProcessSettings {
  /** The program, `storefront`. */
  readonly app: string;
  /** The process, `storefront-1`. */
  readonly instanceId: string;
  readonly zone: string;
  readonly version: string;
  /** Of its own service; 0 is any free one. */
  readonly port: number;
  readonly stockUrls: readonly string[];
  readonly accountsAddresses: readonly string[];
  readonly storefrontUrls: readonly string[];
  readonly #sluiceServer: string;

  constructor(app: string, env: Readonly<Record<string, string | undefined>>) {
    this.app = app;
    this.instanceId = env.INSTANCE_ID || `${app}-0`;
    this.zone = env.ZONE || 'a';
    this.version = env.VERSION || '1.0.0';
    this.port = Number(env.PORT || 0);
    this.stockUrls = list(env.STOCK_URLS);
    this.accountsAddresses = list(env.ACCOUNTS_ADDRESSES);
    this.storefrontUrls = list(env.STOREFRONT_URLS);
    this.#sluiceServer = env.SLUICE_SERVER || 'http://127.0.0.1:7788';
  }

  /** Token and cache folder are in SLUICE_TOKEN and SLUICE_CACHE_DIR, which the client reads by itself. */
  sluiceOptions(): SluiceOptions {
    return {
      server: this.#sluiceServer,
      app: this.app,
      instanceId: this.instanceId,
      labels: { zone: this.zone, version: this.version },
    };
  }
}

const list = (text: string | undefined): string[] => (text ?? '').split(',').filter((part) => part !== '');
