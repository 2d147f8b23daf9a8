import { isName } from '@sluice/core';
import { z } from 'zod';
import { type Clock, systemClock } from './clock.ts';
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

/** Options with everything filled in. */
export interface Settings {
  /** Without a slash at its end. */
  readonly server: string;
  readonly token: string;
  readonly environment: string | undefined;
  readonly app: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly instanceId: string | undefined;
  readonly cacheDir: string | false | undefined;
  readonly bootstrapFile: string | undefined;
  readonly logger: Logger | false;
  readonly clock: Clock;
  readonly allowMultiple: boolean;
}

const nameRule = 'must be 1-128 of A-Z a-z 0-9 . _ -';
const name = z.string().refine(isName, nameRule);
const isObjectWith =
  (...methods: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((m) => typeof (value as Record<string, unknown>)[m] === 'function');

const shape = z.strictObject({
  server: z
    .string({ error: 'is needed, here or as SLUICE_SERVER' })
    .refine(isServer, 'must be an address like http://host:7788'),
  token: z.string().max(512).default(''),
  environment: name.optional(),
  app: name.optional(),
  labels: z
    .record(name, z.string().max(256))
    .refine((all) => Object.keys(all).length <= 64, 'at most 64 labels')
    .default({}),
  instanceId: z.string().min(1).max(128).optional(),
  cacheDir: z.union([z.literal(false), z.string().min(1)], { error: 'must be a folder or false' }).optional(),
  bootstrapFile: z.string().min(1).optional(),
  logger: z
    .union([z.literal(false), z.custom<Logger>(isObjectWith('warn'), 'must have a method warn')], {
      error: 'must have a method warn, or be false',
    })
    .default(console),
  clock: z
    .custom<Clock>(
      isObjectWith('now', 'monotonic', 'after'),
      'must have the methods now, monotonic and after',
    )
    .default(systemClock),
  allowMultiple: z.boolean().default(false),
});

/** Checks options and fills in what is missing. Throws an `OptionsError` that lists every fault with the bad value. */
export function settingsFrom(
  options: SluiceOptions,
  env: Readonly<Record<string, string | undefined>>,
  lead: string,
): Settings {
  const given = typeof options === 'object' && options !== null ? options : {};
  const filled = {
    ...given,
    server: given.server ?? env.SLUICE_SERVER,
    token: given.token ?? env.SLUICE_TOKEN,
  };
  const parsed = shape.safeParse(filled);
  if (parsed.success) {
    const { environment, app, instanceId, cacheDir, bootstrapFile, ...rest } = parsed.data;
    const server = rest.server.replace(/\/+$/, '');
    return { ...rest, server, environment, app, instanceId, cacheDir, bootstrapFile };
  }
  const faults = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys')
      return { path: issue.keys.join(', '), message: 'is not an option' };
    const path = issue.path.map(String).join('.');
    return { path, message: `${issue.message}, got ${shown(valueAt(filled, issue.path), path)}` };
  });
  throw new OptionsError(faults, lead);
}

function isServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && !search && !hash && !username;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    root,
  );
}

function shown(value: unknown, path: string): string {
  if (path === 'token') return typeof value === 'string' ? `${value.length} characters` : typeof value;
  const text = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? 'nothing');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
