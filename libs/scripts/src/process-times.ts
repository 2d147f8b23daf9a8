import { readFileSync } from 'node:fs';

/**
 * How long the process stood in the queue for a processor since it began, in milliseconds: time that is no fault
 * of what it runs. 0 where the system doesn't tell (everywhere but on Linux).
 */
export function queuedMs(pid: number): number {
  return Number(fieldOf(`/proc/${pid}/schedstat`, 1)) / 1e6 || 0;
}

/** Memory that the process holds, in bytes; 0 where the system doesn't tell. */
export function residentBytes(pid: number): number {
  // In `statm` it is a number of pages, whose size differs between machines.
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024;
}

function fieldOf(path: string, index: number): string | undefined {
  return read(path)?.split(' ')[index];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
