import { readlinkSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isMainThread, threadId } from 'node:worker_threads';

/** What tells one process from all others that ever had, or will have, its number. */
export interface ProcessMark {
  readonly pid: number;
  /** The machine since its last start, and the process table that `pid` counts in. */
  readonly realm: string;
  /** When the process, or the thread, started, in ticks of the system; absent where the system doesn't say. */
  readonly startTicks?: string;
  /** Of a worker thread, which may end long before its process: its number, the system's where that has one. */
  readonly thread?: number;
}

export async function markOfThisProcess(): Promise<ProcessMark> {
  const { pid } = process;
  const task = isMainThread ? undefined : taskOfThisThread();
  const isUnknown = task === undefined && !isMainThread;
  const [startTicks, realm] = await Promise.all([
    isUnknown ? undefined : startTicksOf(pid, task),
    realmOfThisMachine(),
  ]);
  return {
    pid,
    realm,
    ...(startTicks !== undefined && { startTicks }),
    ...(!isMainThread && { thread: task ?? threadId }),
  };
}

/**
 * Whether the process, or the thread, that left `mark` still runs: `unknown` when it lives in another realm, or when its
 * number is in use and the system doesn't say since when.
 */
export async function isRunning(mark: ProcessMark, self: ProcessMark): Promise<'yes' | 'no' | 'unknown'> {
  if (mark.realm !== self.realm) return 'unknown';
  if (!answersSignals(mark.pid)) return 'no';
  if (mark.startTicks === undefined)
    return mark.pid === self.pid && mark.thread === self.thread ? 'yes' : 'unknown';
  return (await startTicksOf(mark.pid, mark.thread)) === mark.startTicks ? 'yes' : 'no';
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The number that the system has for this thread; asked without a promise, which other threads work on. */
function taskOfThisThread(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/')[2]);
  } catch {
    return undefined;
  }
}

/** Field 22 of `/proc/<pid>/stat`, which its threads have too, counted behind the name, which may hold spaces and brackets. */
async function startTicksOf(pid: number, thread?: number): Promise<string | undefined> {
  try {
    const task = thread === undefined ? '' : `/task/${thread}`;
    const stat = await readFile(`/proc/${pid}${task}/stat`, 'utf8');
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
