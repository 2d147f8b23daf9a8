import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where caches lie when nobody says otherwise: `SLUICE_CACHE_DIR`, else the user's cache folder of this system. */
export function defaultCacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (env.SLUICE_CACHE_DIR) return env.SLUICE_CACHE_DIR;
  if (platform === 'win32')
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'sluice', 'clients');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'sluice', 'clients');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice', 'clients');
}
