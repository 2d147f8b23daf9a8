import { usageError } from '../failure/cli-error.ts';
import type { Io } from '../host/io.ts';
import { configPath, readConfig } from './config-file.ts';

export const outputFormats = ['table', 'json', 'yaml', 'ndjson'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** Options that every command takes. */
export interface GlobalFlags {
  readonly server?: string;
  readonly token?: string;
  readonly env?: string;
  readonly output?: OutputFormat;
  readonly quiet?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
  readonly lang?: string;
}

export type Source = 'flag' | 'environment' | 'file' | 'default';

/** Where to, as whom, and where each of the two came from. */
export interface Settings {
  readonly server: URL;
  readonly serverFrom: Source;
  readonly token?: string;
  readonly tokenFrom?: Source;
  /** The environment that was named; absent when nothing names one. */
  readonly environment?: string;
  readonly configPath: string;
}

const defaultServer = 'http://127.0.0.1:7788';

/** Flags win over environment variables, these over the file of `sluice login`. */
export async function readSettings(flags: GlobalFlags, io: Io): Promise<Settings> {
  const path = configPath(io.env, io.home);
  const stored = await readConfig(path);
  const server = firstOf(flags.server, io.env.SLUICE_SERVER, stored.server) ?? {
    value: defaultServer,
    from: 'default' as const,
  };
  const address = serverUrl(server.value);
  const token = firstOf(flags.token, io.env.SLUICE_TOKEN, tokenFor(address, stored));
  const environment = firstOf(flags.env, io.env.SLUICE_ENV, stored.environment)?.value;
  return {
    server: address,
    serverFrom: server.from,
    ...(token && { token: token.value, tokenFrom: token.from }),
    ...(environment && { environment }),
    configPath: path,
  };
}

/** The stored token belongs to the stored server: another server must never be shown it. */
function tokenFor(server: URL, stored: { server?: string; token?: string }): string | undefined {
  return serverUrl(stored.server ?? defaultServer).origin === server.origin ? stored.token : undefined;
}

function firstOf(
  flag: string | undefined,
  variable: string | undefined,
  file: string | undefined,
): { value: string; from: Source } | undefined {
  if (flag) return { value: flag, from: 'flag' };
  if (variable) return { value: variable, from: 'environment' };
  return file ? { value: file, from: 'file' } : undefined;
}

/** The address of a server; anything but http and https is a usage error. */
function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.search)
    return url;
  throw usageError(
    { en: '"{text}" is not the address of a server.', zh: '“{text}”不是服务器地址。' },
    {
      en: 'Give it like {example}, with --server or SLUICE_SERVER.',
      zh: '请用 --server 或 SLUICE_SERVER 指定，例如 {example}。',
    },
    { text, example: defaultServer },
  );
}
