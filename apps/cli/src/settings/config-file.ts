import { chmod, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';

/** What `sluice login` keeps between commands. */
export interface StoredSettings {
  readonly server?: string;
  readonly token?: string;
  readonly environment?: string;
}

/** `$XDG_CONFIG_HOME/sluice/config.yaml`, by default below `~/.config`. */
export function configPath(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'sluice', 'config.yaml');
}

/** Permission bits of the file, or undefined when there is none. */
export async function configMode(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether others of this machine could read a token in a file of this mode. */
export function isShared(mode: number): boolean {
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}

/** Reads the settings; a missing file holds none. Refuses a file that others could read: a token lies in it. */
export async function readConfig(path: string): Promise<StoredSettings> {
  const mode = await configMode(path);
  if (mode === undefined) return {};
  if (isShared(mode))
    throw new CliError(
      'config_shared',
      exitCode.failure,
      {
        what: {
          en: '{path} has mode {mode}, so other users of this machine can read or change the token in it.',
          zh: '{path} 的权限为 {mode}，本机其他用户可以读取或修改其中的令牌。',
        },
        still: { en: 'It was not used, and nothing was changed.', zh: '未使用该文件，也没有任何更改。' },
        todo: {
          en: 'Run "chmod 600 {path}". If others may have read it, revoke the token and sign in again.',
          zh: '请运行 "chmod 600 {path}"。如果可能已被他人读取，请吊销令牌并重新登录。',
        },
      },
      { path, mode: mode.toString(8).padStart(3, '0') },
    );
  return parseConfig(path, await readFile(path, 'utf8'));
}

async function parseConfig(path: string, text: string): Promise<StoredSettings> {
  const { parse } = await import('yaml');
  let value: unknown;
  let reason = '';
  try {
    value = parse(text) ?? {};
  } catch (error) {
    reason = (error as Error).message.split('\n')[0]!;
  }
  const fields =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  const known = ['server', 'token', 'environment'] as const;
  const wrong = known.find((k) => fields?.[k] !== undefined && typeof fields[k] !== 'string');
  if (!fields || wrong)
    throw new CliError(
      'config_invalid',
      exitCode.failure,
      {
        what: { en: '{path} could not be read: {reason}', zh: '无法读取 {path}：{reason}' },
        still: { en: 'The file is as it was, and nothing was changed.', zh: '文件保持原样，没有任何更改。' },
        todo: {
          en: 'Correct it, or remove it and run "sluice login".',
          zh: '请修正该文件，或将其删除后运行 "sluice login"。',
        },
      },
      { path, reason: reason || (wrong ? `"${wrong}" is not a text` : 'it is not a list of settings') },
    );
  return Object.fromEntries(known.flatMap((k) => (fields[k] === undefined ? [] : [[k, fields[k]]])));
}

/** Writes the settings whole, readable by the owner alone: a new file beside, then a rename over the old one. */
export async function writeConfig(path: string, settings: StoredSettings): Promise<void> {
  const { stringify } = await import('yaml');
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const staging = `${path}.${process.pid}.tmp`;
  const file = await open(staging, 'w', 0o600);
  try {
    await file.writeFile(stringify(settings));
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(staging, 0o600);
  await rename(staging, path);
}
