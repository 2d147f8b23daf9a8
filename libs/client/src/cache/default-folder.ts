import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where caches lie when nobody says otherwise: `SLUICE_CACHE_DIR`, else the user's cache folder of this system. */
export function defaultCacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
  homeOf: () => string = homedir,
): string {
  if (env.SLUICE_CACHE_DIR) return absolutePath(env.SLUICE_CACHE_DIR);
  if (platform === 'win32')
    return join(env.LOCALAPPDATA || join(home(homeOf), 'AppData', 'Local'), 'sluice', 'clients');
  if (platform === 'darwin') return join(home(homeOf), 'Library', 'Caches', 'sluice', 'clients');
  return join(env.XDG_CACHE_HOME || join(home(homeOf), '.cache'), 'sluice', 'clients');
}

/** As the path is meant now: the process may go to another folder later. Where that it is in is gone, as it is. */
export function absolutePath(path: string): string {
  try {
    return resolve(path);
  } catch {
    return path;
  }
}

/** A user without an entry in the table of users has none where `HOME` isn't set: then it is what containers set. */
function home(homeOf: () => string): string {
  try {
    return homeOf();
  } catch {
    return '/';
  }
}
