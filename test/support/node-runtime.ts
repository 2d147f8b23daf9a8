import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { npm } from './npm.ts';

const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;

/** Where runtimes lie between two runs: the folder in which `tools/run.mjs` keeps the one of the project. */
function cacheFolder(): string {
  const own = process.platform === 'win32' ? process.env.LOCALAPPDATA : undefined;
  return join(process.env.XDG_CACHE_HOME || own || join(homedir(), '.cache'), 'sluice');
}

/**
 * The path of a `node` of one of these versions, the first that there is for this platform: the one that runs this
 * test, or the platform's own package from npm, fetched once. Rejects with what to do when it can't be fetched.
 */
export async function nodeRuntime(...versions: readonly [string, ...string[]]): Promise<string> {
  if (versions.some((version) => process.versions.node.startsWith(`${version}.`))) return process.execPath;
  const faults: string[] = [];
  for (const version of versions) {
    const home = join(cacheFolder(), `${packageName}-${version}`);
    const bin = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(bin)) return bin;
    try {
      await fetchRuntime(version, home);
      return bin;
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  throw new Error(
    `No Node ${versions.join(' or ')} for ${packageName} could be fetched, so nothing was proven. Check the network and the npm registry, or put one into ${cacheFolder()}.\n${faults.join('\n')}`,
  );
}

async function fetchRuntime(version: string, home: string): Promise<void> {
  mkdirSync(join(home, '..'), { recursive: true });
  const staging = mkdtempSync(join(home, '..', 'fetch-'));
  try {
    writeFileSync(join(staging, 'package.json'), '{"private":true}\n');
    await npm(staging, 'install', '--ignore-scripts', '--no-save', `${packageName}@${version}`);
    try {
      renameSync(join(staging, 'node_modules', packageName), home);
    } catch (error) {
      if (!existsSync(home)) throw error; // else another run was faster, and its copy is as good
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
