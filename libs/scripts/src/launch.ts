import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** How the child is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** What to try when this never becomes ready. */
  readonly otherwise?: Launch;
}

/** Where things are that decide whether scripts can run; each is found by itself when absent. */
export interface LaunchPlace {
  readonly nodeVersion?: string;
  /** The entry file of isolated-vm; null when there is none. */
  readonly isolatedVm?: string | null;
}

const oldestMajor = 24;

/**
 * The command of the script host, or why there can be none. The child may read its own program, isolated-vm and
 * that package's loader (which also looks whether the system is Alpine), load an addon, and nothing else: no
 * other file, no process, no thread. No machine code is made while it runs (`--jitless`). Throws where something
 * keeps it from finding that out, such as a shortage.
 */
export function launchOf(place: LaunchPlace = {}): Launch | { readonly reason: string } {
  const { nodeVersion = process.versions.node } = place;
  if (Number(nodeVersion.split('.')[0]) < oldestMajor) return { reason: `Node ${nodeVersion}` };
  const program = findProgram();
  if (!program) return { reason: noProgram };
  const { isolatedVm = findIsolatedVm() } = place;
  if (!isolatedVm) return { reason: 'isolated-vm is not installed' };
  const readable = [dirname(program), dirname(isolatedVm), loaderOf(isolatedVm), '/etc/alpine-release'];
  return confined({
    command: process.execPath,
    args: [
      '--no-node-snapshot',
      '--jitless',
      '--max-old-space-size=64',
      '--no-warnings',
      '--permission',
      '--allow-addons',
      ...readable.filter((path) => path !== undefined).map((path) => `--allow-fs-read=${path}`),
      program,
      isolatedVm,
    ],
  });
}

/**
 * The same with what only the system can add, on Linux and as far as it is allowed there: no network (Node's own
 * permissions do not cover sockets), and an end together with this process, however that ends and whatever the
 * child does then. Each way that does not work is followed by a plainer one.
 */
function confined(plain: Launch): Launch {
  if (process.platform !== 'linux') return plain;
  const own = process.getuid?.() === 0 ? ['--net'] : ['--user', '--net'];
  const offline = wrapped('unshare', own, plain);
  const bound = wrapped('setpriv', ['--pdeathsig', 'KILL', '--no-new-privs'], {
    ...plain,
    args: [...plain.args, 'bound'],
  });
  const ways = [bound && wrapped('unshare', own, bound), offline, bound].filter((way) => way !== undefined);
  return ways.reduceRight((otherwise, way) => ({ ...way, otherwise }), plain);
}

function wrapped(program: string, options: readonly string[], launch: Launch): Launch | undefined {
  const command = ['/usr/bin', '/bin']
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
  return command ? { command, args: [...options, '--', launch.command, ...launch.args] } : undefined;
}

/** A bundler takes along what is imported; this is a file that another process runs. */
const noProgram =
  'the program of its host is missing: leave @sluice/client and @sluice/scripts out of the bundle';

function findProgram(): string | undefined {
  // A bundle in the older format has no folder of its own.
  const folder: string | undefined = import.meta.dirname;
  try {
    return realpathSync(join(folder ?? '', 'child', 'main.mjs'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function findIsolatedVm(): string | null {
  return find(import.meta.url, 'isolated-vm') ?? null;
}

function loaderOf(isolatedVm: string): string | undefined {
  const loader = find(isolatedVm, 'node-gyp-build');
  return loader && dirname(loader);
}

/** Where a module is that `from` would load; undefined where there is none. Throws where that can't be told now. */
function find(from: string, name: string): string | undefined {
  try {
    return realpathSync(createRequire(from).resolve(name));
  } catch (error) {
    // Short of descriptors, a package that is there can't be read.
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
