import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** What tells one process from all others that ever had, or will have, its number. */
export interface ProcessMark {
  readonly pid: number;
  /** The machine since its last start, and the process table that `pid` counts in. */
  readonly realm: string;
  /** When the process started, in ticks of the system; absent where the system doesn't say. */
  readonly startTicks?: string;
}

export async function markOfThisProcess(): Promise<ProcessMark> {
  const [startTicks, realm] = await Promise.all([startTicksOf(process.pid), realmOfThisMachine()]);
  return {
    pid: process.pid,
    realm,
    ...(startTicks !== undefined && { startTicks }),
  };
}

/**
 * Whether the process that left `mark` still runs: `unknown` when it lives in another realm, or when its number is in
 * use and the system doesn't say since when.
 */
export async function isRunning(mark: ProcessMark, self: ProcessMark): Promise<'yes' | 'no' | 'unknown'> {
  if (mark.realm !== self.realm) return 'unknown';
  if (!answersSignals(mark.pid)) return 'no';
  if (mark.startTicks === undefined) return mark.pid === self.pid ? 'yes' : 'unknown';
  return (await startTicksOf(mark.pid)) === mark.startTicks ? 'yes' : 'no';
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of `/proc/<pid>/stat`, counted behind the name, which may hold spaces and brackets. */
async function startTicksOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

async function realmOfThisMachine(): Promise<string> {
  const [boot, table] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]);
  return [hostname(), boot.trim(), table].join(' ');
}
