import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ErrorText } from '@sluice/core';
import { z } from 'zod';
import { isWeakKey } from './weak-key.ts';

/** A setting that is a text of a certain form; `zh` says the same as `en`. */
const setting = (fits: (text: string) => boolean, en: string, zh: string) =>
  z.string().refine(fits, { message: en, params: { zh }, abort: true });

const flag = setting((text) => ['0', '1', 'true', 'false'].includes(text), 'must be 1 or 0', '必须是 1 或 0')
  .transform((text) => text === '1' || text === 'true')
  .default(false);

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const wholeNumber = (min: number, max: number) =>
  setting(
    (text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max,
    `must be a whole number from ${min} to ${max}`,
    `必须是 ${min} 到 ${max} 的整数`,
  ).transform(Number);

const variables = z.object({
  SLUICE_PORT: wholeNumber(0, 65_535).default(7788),
  SLUICE_HOST: z.string().min(1).default('127.0.0.1'),
  SLUICE_DATA_DIR: z.string().min(1).default('.data'),
  SLUICE_DATABASE_URL: setting(
    (text) => /^(sqlite:.+|postgres(ql)?:\/\/.+)$/.test(text),
    'must be sqlite:<file> or postgres://…',
    '必须是 sqlite:<文件> 或 postgres://…',
  ).optional(),
  SLUICE_SECRET_KEY: setting(
    (text) => keyBytes(text)?.length === 32,
    'must be 32 bytes, as 64 hex digits or base64',
    '必须是 32 字节，写成 64 位十六进制或 base64',
  )
    .refine((text) => !isWeakKey(keyBytes(text) ?? Buffer.alloc(0)), {
      message: 'must be random, e.g. openssl rand -hex 32',
      params: { zh: '必须是随机的，例如 openssl rand -hex 32' },
    })
    .optional(),
  SLUICE_TRUST_PROXY: wholeNumber(0, 10).default(0),
  SLUICE_LOG_LEVEL: setting(
    (text) => logLevels.some((level) => level === text),
    `must be one of ${logLevels.join(', ')}`,
    `可选：${logLevels.join('、')}`,
  ).default('info'),
  SLUICE_RETENTION_DAYS: wholeNumber(1, 3650).default(30),
  SLUICE_INSECURE_DEV: flag,
  SLUICE_DEMO: flag,
  SLUICE_PUBLIC_URL: setting(
    (text) => /^https?:\/\/[^\s?#]+$/.test(text) && URL.canParse(text),
    'must be how people reach the console: https://sluice.example.com',
    '必须是用户访问控制台的地址，如 https://sluice.example.com',
  ).optional(),
  SLUICE_WEBHOOK_HOSTS: setting(
    (text) => hostsIn(text).every((host) => /^[\w.:-]+$/.test(host)),
    'must be hosts, with a port or without, and commas between them',
    '必须是以逗号分隔的主机，可带端口',
  ).default(''),
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
  /** Started by the demo, over whose channel it can ask for its story. */
  readonly isDemo: boolean;
  /** Of the console, for links in messages; without a slash at its end. */
  readonly publicUrl?: string;
  /** Hosts that webhooks may reach although they are private. */
  readonly webhookHosts: ReadonlySet<string>;
  readonly version: string;
}

/** Settings that cannot be used: all faults at once, one a line, in both languages. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
  readonly text: ErrorText;

  constructor(text: ErrorText) {
    super(text.en);
    this.text = text;
  }
}

/** What stands behind these is no thing for a log. */
const confidential: ReadonlySet<string> = new Set(['SLUICE_SECRET_KEY', 'SLUICE_DATABASE_URL']);

const loopback = new Set(['127.0.0.1', 'localhost', '::1']);

/** The only reader of environment variables. Throws an `EnvError` that lists every fault. */
export function readEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const known = Object.fromEntries(
    Object.entries(source).filter(([key, value]) => key in variables.shape && value !== ''),
  );
  const parsed = variables.safeParse(known);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => faultOf(issue, source));
  for (const key of Object.keys(source))
    if (key.startsWith('SLUICE_') && !(key in variables.shape) && !clientVariables.has(key))
      faults.push({
        en: `${key}: is not a setting of Sluice (known: ${Object.keys(variables.shape).join(', ')})`,
        zh: `${key}：不是 Sluice 的设置（可用：${Object.keys(variables.shape).join('、')}）`,
      });
  const v = parsed.data;
  if (v) {
    if (v.SLUICE_DATABASE_URL?.startsWith('postgres') && !v.SLUICE_SECRET_KEY && !v.SLUICE_INSECURE_DEV)
      faults.push({
        en: 'SLUICE_SECRET_KEY: is required with PostgreSQL, the same on every node (32 bytes, e.g. openssl rand -hex 32)',
        zh: 'SLUICE_SECRET_KEY：使用 PostgreSQL 时必须设置，且各节点相同（32 字节，例如 openssl rand -hex 32）',
      });
    if (v.SLUICE_INSECURE_DEV && !loopback.has(v.SLUICE_HOST))
      faults.push({
        en: 'SLUICE_HOST: must be 127.0.0.1 while SLUICE_INSECURE_DEV is on, because nobody is asked to sign in',
        zh: 'SLUICE_HOST：启用 SLUICE_INSECURE_DEV 时必须是 127.0.0.1，因为此时无需登录',
      });
  }
  if (!v || faults.length > 0)
    throw new EnvError({
      en: `Sluice cannot start, ${faults.length} setting(s) are wrong:\n${faults.map(({ en }) => `  ${en}`).join('\n')}`,
      zh: `Sluice 无法启动，${faults.length} 项设置有误：\n${faults.map(({ zh }) => `  ${zh}`).join('\n')}`,
    });
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
    isDemo: v.SLUICE_DEMO,
    ...(v.SLUICE_PUBLIC_URL && { publicUrl: v.SLUICE_PUBLIC_URL.replace(/\/+$/, '') }),
    webhookHosts: new Set(hostsIn(v.SLUICE_WEBHOOK_HOSTS)),
    version: serverVersion(),
  };
}

function faultOf(issue: z.core.$ZodIssue, source: Readonly<Record<string, string | undefined>>): ErrorText {
  const key = String(issue.path[0]);
  const zh = issue.code === 'custom' ? String(issue.params?.zh) : issue.message;
  const got = confidential.has(key)
    ? { en: '', zh: '' }
    : { en: `, got "${source[key]}"`, zh: `，当前为“${source[key]}”` };
  return { en: `${key}: ${issue.message}${got.en}`, zh: `${key}：${zh}${got.zh}` };
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
