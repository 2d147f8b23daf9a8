import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isWeakKey } from './weak-key.ts';

const flag = z
  .enum(['0', '1', 'true', 'false'], { error: 'must be 1 or 0' })
  .transform((text) => text === '1' || text === 'true')
  .default(false);

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: (issue) => `must be a whole number from ${min} to ${max}, got "${String(issue.input)}"`,
    })
    .transform(Number);

const variables = z.object({
  SLUICE_PORT: wholeNumber(0, 65_535).default(7788),
  SLUICE_HOST: z.string().min(1).default('127.0.0.1'),
  SLUICE_DATA_DIR: z.string().min(1).default('.data'),
  SLUICE_DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'must be sqlite:<file> or postgres://…')
    .optional(),
  SLUICE_SECRET_KEY: z
    .string()
    .refine((text) => keyBytes(text)?.length === 32, 'must be 32 bytes, as 64 hex digits or base64')
    .refine(
      (text) => !isWeakKey(keyBytes(text) ?? Buffer.alloc(0)),
      'must be random, e.g. openssl rand -hex 32',
    )
    .optional(),
  SLUICE_TRUST_PROXY: wholeNumber(0, 10).default(0),
  SLUICE_LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
  SLUICE_RETENTION_DAYS: wholeNumber(1, 3650).default(30),
  SLUICE_INSECURE_DEV: flag,
  SLUICE_PUBLIC_URL: z
    .string()
    .refine((text) => /^https?:\/\/[^\s?#]+$/.test(text) && URL.canParse(text), {
      error: 'must be how people reach the console: https://sluice.example.com',
    })
    .optional(),
  SLUICE_WEBHOOK_HOSTS: z
    .string()
    .refine((text) => hostsIn(text).every((host) => /^[\w.:-]+$/.test(host)), {
      error: 'must be hosts, with a port or without, and commas between them',
    })
    .default(''),
});

/** Where the data is. */
export type DatabaseLocation =
  | { readonly dialect: 'sqlite'; readonly file: string }
  | { readonly dialect: 'postgres'; readonly url: string };

/** All settings of a server, checked. */
export interface Env {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly database: DatabaseLocation;
  /** Absent: made in a file of the data folder on first start (SQLite only). */
  readonly secretKey?: Buffer;
  /** How many proxies stand in front, whose X-Forwarded-For is believed. */
  readonly trustProxy: number;
  readonly logLevel: string;
  readonly retentionDays: number;
  readonly insecureDev: boolean;
  /** Of the console, for links in messages; without a slash at its end. */
  readonly publicUrl?: string;
  /** Hosts that webhooks may reach although they are private. */
  readonly webhookHosts: ReadonlySet<string>;
  readonly version: string;
}

/** Settings that cannot be used: all faults at once, one a line. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1']);

/** The only reader of environment variables. Throws an `EnvError` that lists every fault. */
export function readEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const known = Object.fromEntries(
    Object.entries(source).filter(([key, value]) => key in variables.shape && value !== ''),
  );
  const parsed = variables.safeParse(known);
  const faults = parsed.success ? [] : parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
  for (const key of Object.keys(source))
    if (key.startsWith('SLUICE_') && !(key in variables.shape) && !clientVariables.has(key))
      faults.push(`${key}: is not a setting of Sluice (known: ${Object.keys(variables.shape).join(', ')})`);
  const v = parsed.data;
  if (v) {
    if (v.SLUICE_DATABASE_URL?.startsWith('postgres') && !v.SLUICE_SECRET_KEY && !v.SLUICE_INSECURE_DEV)
      faults.push(
        'SLUICE_SECRET_KEY: is required with PostgreSQL, the same on every node (32 bytes, e.g. openssl rand -hex 32)',
      );
    if (v.SLUICE_INSECURE_DEV && !loopback.has(v.SLUICE_HOST))
      faults.push(
        'SLUICE_HOST: must be 127.0.0.1 while SLUICE_INSECURE_DEV is on, because nobody is asked to sign in',
      );
  }
  if (!v || faults.length > 0)
    throw new EnvError(
      `Sluice cannot start, ${faults.length} setting(s) are wrong:\n${faults.map((f) => `  ${f}`).join('\n')}`,
    );
  const dataDir = resolve(v.SLUICE_DATA_DIR);
  return {
    port: v.SLUICE_PORT,
    host: v.SLUICE_HOST,
    dataDir,
    database: locate(v.SLUICE_DATABASE_URL, dataDir),
    ...(v.SLUICE_SECRET_KEY && { secretKey: keyBytes(v.SLUICE_SECRET_KEY)! }),
    trustProxy: v.SLUICE_TRUST_PROXY,
    logLevel: v.SLUICE_LOG_LEVEL,
    retentionDays: v.SLUICE_RETENTION_DAYS,
    insecureDev: v.SLUICE_INSECURE_DEV,
    ...(v.SLUICE_PUBLIC_URL && { publicUrl: v.SLUICE_PUBLIC_URL.replace(/\/+$/, '') }),
    webhookHosts: new Set(hostsIn(v.SLUICE_WEBHOOK_HOSTS)),
    version: serverVersion(),
  };
}

/** Settings of the client, the command line and the demo, which may lie in the same environment. */
const clientVariables: ReadonlySet<string> = new Set([
  'SLUICE_SERVER',
  'SLUICE_TOKEN',
  'SLUICE_ENV',
  'SLUICE_LANG',
  'SLUICE_CACHE_DIR',
  'SLUICE_KILL',
  'SLUICE_WEBHOOK_SECRET',
  'SLUICE_NO_BROWSER',
  'SLUICE_OUTPUT',
]);

function locate(url: string | undefined, dataDir: string): DatabaseLocation {
  if (url?.startsWith('postgres')) return { dialect: 'postgres', url };
  return { dialect: 'sqlite', file: url ? resolve(url.slice('sqlite:'.length)) : join(dataDir, 'sluice.db') };
}

function keyBytes(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}

function serverVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

const hostsIn = (text: string): string[] =>
  text
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
