import type { ErrorText, Language } from '@sluice/core';
import { type Env, EnvError } from './env.ts';
import { databaseFile } from './start-failure-of-file.ts';

type Place = Pick<Env, 'host' | 'port'> & { readonly database?: Env['database'] };
interface Cause {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
}

/** Why a server did not start, as whoever started it reads it. */
export function startFailure(error: unknown, place: Place | undefined, language: Language): string {
  if (error instanceof EnvError) return `${error.text[language]}\n`;
  const { code, syscall } = firstCause(error);
  const text = place && syscall === 'listen' ? listening(code, place) : database(code, place?.database);
  const unforeseen = { en: 'Sluice could not start: ', zh: 'Sluice 无法启动：' };
  const { stack } = (error ?? {}) as Partial<Error>;
  return text ? `${text[language]}\n` : `${unforeseen[language]}${stack ?? error}\n`;
}

/** What lies below, where something was made of it for callers of a server that runs. */
function firstCause(error: unknown): Cause {
  let own = (error ?? {}) as Cause;
  while (typeof own.cause === 'object' && own.cause !== null) own = own.cause as Cause;
  return own;
}

function listening(code: unknown, { host, port }: Place): ErrorText | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return {
        en: `Sluice could not start: another program listens on ${host}:${port} already, perhaps a Sluice. Nothing was changed. Stop it, or choose another port with SLUICE_PORT (0 takes a free one).`,
        zh: `Sluice 无法启动：${host}:${port} 已被其他程序占用，可能是另一个 Sluice。没有任何更改。请停止该程序，或用 SLUICE_PORT 指定其他端口（0 表示任选空闲端口）。`,
      };
    case 'EACCES':
      return {
        en: `Sluice could not start: this user may not listen on ${host}:${port}. Nothing was changed. Choose a port above 1023 with SLUICE_PORT, and put a proxy in front of it.`,
        zh: `Sluice 无法启动：当前用户无权监听 ${host}:${port}。没有任何更改。请用 SLUICE_PORT 指定大于 1023 的端口，并在前面设置代理。`,
      };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        en: `Sluice could not start: ${host} is no address of this machine. Nothing was changed. Correct SLUICE_HOST; 0.0.0.0 listens on all.`,
        zh: `Sluice 无法启动：${host} 不是本机地址。没有任何更改。请修正 SLUICE_HOST；0.0.0.0 表示监听所有地址。`,
      };
    default:
      return undefined;
  }
}

const unreachable: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
]);

/** What the database, or the way to it, says. */
function database(code: unknown, location: Env['database'] | undefined): ErrorText | undefined {
  if (location?.dialect === 'sqlite') return databaseFile(String(code), location.file);
  if (unreachable.has(code))
    return {
      en: `Sluice could not start: there is no PostgreSQL at SLUICE_DATABASE_URL (${code}). Nothing was changed; instances keep what they hold. Start the database, or correct host and port.`,
      zh: `Sluice 无法启动：SLUICE_DATABASE_URL 处没有 PostgreSQL（${code}）。没有任何更改，各实例保持现有的值。请启动数据库，或修正主机和端口。`,
    };
  if (code === '28P01' || code === '28000')
    return {
      en: 'Sluice could not start: PostgreSQL refuses the user or the password in SLUICE_DATABASE_URL. Nothing was changed; instances keep what they hold. Correct them.',
      zh: 'Sluice 无法启动：PostgreSQL 拒绝了 SLUICE_DATABASE_URL 中的用户或密码。没有任何更改，各实例保持现有的值。请修正用户和密码。',
    };
  if (code === '42501')
    return {
      en: 'Sluice could not start: the user in SLUICE_DATABASE_URL may not make tables in that database. Nothing was changed; instances keep what they hold. Let the user own the database.',
      zh: 'Sluice 无法启动：SLUICE_DATABASE_URL 中的用户无权在该数据库中建表。没有任何更改，各实例保持现有的值。请让该用户成为数据库的所有者。',
    };
  if (code === '3D000')
    return {
      en: 'Sluice could not start: PostgreSQL has no database of the name in SLUICE_DATABASE_URL. Nothing was changed; instances keep what they hold. Create it, empty, or correct the name.',
      zh: 'Sluice 无法启动：PostgreSQL 中没有 SLUICE_DATABASE_URL 指定的数据库。没有任何更改，各实例保持现有的值。请创建一个空数据库，或修正名称。',
    };
  return undefined;
}
