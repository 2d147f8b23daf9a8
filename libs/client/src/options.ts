import type { Clock } from './clock.ts';
import type { Logger } from './notices/notice.ts';

/** What `createSluice` takes. */
export interface SluiceOptions {
  /** `http://host:7788`. Without it, `SLUICE_SERVER` of the environment. */
  readonly server?: string;
  /** The token of the app in one environment. Without it, `SLUICE_TOKEN` of the environment. */
  readonly token?: string;
  /** Comes from the token; when given it must agree. Names the cache folder. */
  readonly environment?: string;
  /** Comes from the token; when given it must agree. Names the cache folder. */
  readonly app?: string;
  /** What pushes select by: `{ zone: 'a' }`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Unique per process. Without it: the pod's name, else the host's name and the number of the cache slot. */
  readonly instanceId?: string;
  /** Folder of the disk cache; false switches it off. Without it `SLUICE_CACHE_DIR`, else the user's cache folder. */
  readonly cacheDir?: string | false;
  /** A snapshot (JSON of `GET /client/v1/snapshot`) to start from when there is no cache. */
  readonly bootstrapFile?: string;
  /** Where warnings go. Without it, `console`; false is silence. */
  readonly logger?: Logger | false;
  readonly clock?: Clock;
  /** Allows several clients for the same app, environment and instance in one process. */
  readonly allowMultiple?: boolean;
}

/** The options are wrong, so no client was made. `faults` lists every one of them. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
  readonly code = 'invalid_options';
  readonly faults: readonly { readonly path: string; readonly message: string }[];

  constructor(faults: readonly { readonly path: string; readonly message: string }[], lead: string) {
    super(`${lead} ${faults.map((f) => `${f.path}: ${f.message}`).join('; ')}`);
    this.faults = faults;
  }
}
