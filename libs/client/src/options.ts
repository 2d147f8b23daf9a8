import { type ErrorText, isName, type Language } from '@sluice/core';
import { z } from 'zod';
import { absolutePath } from './cache/default-folder.ts';
import { type Clock, systemClock } from './clock.ts';
import { notices } from './notices/catalog.ts';
import type { Logger } from './notices/notice.ts';

/** What `createSluice` takes. What is undefined counts as absent, such as a variable that is not set. */
export interface SluiceOptions {
  /** `http://host:7788`. Without it, `SLUICE_SERVER` of the environment. */
  readonly server?: string | undefined;
  /** The token of the app in one environment. Without it, `SLUICE_TOKEN` of the environment. */
  readonly token?: string | undefined;
  /** Comes from the token; when given it must agree. Names the cache folder. */
  readonly environment?: string | undefined;
  /** Comes from the token; when given it must agree. Names the cache folder. */
  readonly app?: string | undefined;
  /** What pushes select by: `{ zone: 'a' }`. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Unique per process. Without it: the pod's name, else the host's name and the number of the cache slot. */
  readonly instanceId?: string | undefined;
  /** Folder of the disk cache; false switches it off. Without it `SLUICE_CACHE_DIR`, else the user's cache folder. */
  readonly cacheDir?: string | false | undefined;
  /** A snapshot (JSON of `GET /client/v1/snapshot`) to start from when there is no cache. */
  readonly bootstrapFile?: string | undefined;
  /** Where warnings go. Without it, `console`; false is silence. */
  readonly logger?: Logger | false | undefined;
  readonly clock?: Clock | undefined;
  /** False: nested calls inherit nothing from the request that they serve, and no context is followed. */
  readonly context?: boolean | undefined;
  /** Allows several clients for the same app, environment and instance in one process. */
  readonly allowMultiple?: boolean | undefined;
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
  readonly context: boolean;
  readonly allowMultiple: boolean;
}

const nameText = { en: 'must be 1-128 of A-Z a-z 0-9 . _ -', zh: '必须为 1-128 个 A-Z a-z 0-9 . _ - 字符' };

/** What each option must be, in the words of its fault. */
const rules: { readonly [K in keyof SluiceOptions]-?: ErrorText } = {
  server: {
    en: 'must be an address like http://host:7788, here or as SLUICE_SERVER',
    zh: '必须是形如 http://host:7788 的地址，可在此处或 SLUICE_SERVER 中给出',
  },
  token: { en: 'must be a string of at most 512 characters', zh: '必须是不超过 512 个字符的字符串' },
  environment: nameText,
  app: nameText,
  labels: {
    en: 'must give names texts of at most 256 characters, at most 64 of them',
    zh: '必须是名称到文本的映射，最多 64 个，每个文本不超过 256 个字符',
  },
  instanceId: { en: 'must be a string of 1-128 characters', zh: '必须是 1-128 个字符的字符串' },
  cacheDir: { en: 'must be a folder or false', zh: '必须是目录或 false' },
  bootstrapFile: { en: 'must be the path of a file', zh: '必须是文件路径' },
  logger: { en: 'must have a method warn, or be false', zh: '必须有 warn 方法，或为 false' },
  clock: {
    en: 'must have the methods now, monotonic and after',
    zh: '必须有 now、monotonic 和 after 方法',
  },
  context: { en: 'must be true or false', zh: '必须为 true 或 false' },
  allowMultiple: { en: 'must be true or false', zh: '必须是 true 或 false' },
};

const name = z.string().refine(isName);
const objectWith = <T>(...methods: readonly string[]) =>
  z.custom<T>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((m) => typeof Reflect.get(value, m) === 'function'),
  );

const shape = z.strictObject({
  server: z.string().refine(isServer),
  token: z.string().max(512).default(''),
  environment: name.optional(),
  app: name.optional(),
  labels: z
    .record(name, z.string().max(256))
    .refine((all) => Object.keys(all).length <= 64)
    .default({}),
  instanceId: z.string().min(1).max(128).optional(),
  cacheDir: z.union([z.literal(false), z.string().min(1)]).optional(),
  bootstrapFile: z.string().min(1).optional(),
  logger: z.union([z.literal(false), objectWith<Logger>('warn')]).default(console),
  clock: objectWith<Clock>('now', 'monotonic', 'after').default(systemClock),
  context: z.boolean().default(true),
  allowMultiple: z.boolean().default(false),
});

/** Checks options and fills in what is missing. Throws an `OptionsError` that lists every fault with the bad value. */
export function settingsFrom(
  options: SluiceOptions,
  env: Readonly<Record<string, string | undefined>>,
  language: Language,
): Settings {
  const given = typeof options === 'object' && options !== null ? options : {};
  const server = given.server ?? env.SLUICE_SERVER;
  const filled = { ...given, server, token: given.token ?? env.SLUICE_TOKEN };
  const parsed = shape.safeParse(filled);
  if (parsed.success) {
    const { environment, app, instanceId, cacheDir, bootstrapFile, ...rest } = parsed.data;
    const address = rest.server.replace(/\/+$/, '');
    const paths = {
      cacheDir: typeof cacheDir === 'string' ? absolutePath(cacheDir) : cacheDir,
      bootstrapFile: bootstrapFile === undefined ? undefined : absolutePath(bootstrapFile),
    };
    return { ...rest, server: address, environment, app, instanceId, ...paths };
  }
  const faults = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((path) => ({ path, message: language === 'zh' ? '不是选项' : 'is not an option' }))
      : [faultOf(filled, issue.path, language)],
  );
  throw new OptionsError(faults, notices.invalid_options[language]);
}

function faultOf(root: object, path: readonly PropertyKey[], language: Language) {
  const at = path.map(String).join('.');
  const rule = rules[path[0] as keyof SluiceOptions][language];
  const got = shown(valueAt(root, path), at);
  return { path: at, message: `${rule}${language === 'zh' ? '，实际为 ' : ', got '}${got}` };
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
