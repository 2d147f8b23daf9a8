import type { Report, ResourceSecond } from '@sluice/protocol/client';

/** A server reads frames of up to 256 KiB. */
const mostBytes = 200 * 1024;
const mostBytesOfState = 32 * 1024;

type Told = {
  readonly [K in keyof Omit<Report, 'sequence' | 'seconds' | 'seed'>]: readonly Report[K][number][];
} & {
  readonly seconds: readonly { readonly agoMs: number; readonly resources: readonly ResourceSecond[] }[];
};

/** As many reports as it takes, each of a size that a server reads. What is true now stands in each of them. */
export function packReports({
  seconds,
  breakers,
  open,
  calls,
  leases,
  scripts,
}: Told): Omit<Report, 'sequence'>[] {
  const state = { open: fitting(open, 1000), scripts: fitting(scripts, 200) };
  const roomBytes = mostBytes - bytesOf(state);
  const reports: Omit<Report, 'sequence'>[] = [];
  let leftBytes = 0;
  /** The report that has room for something of this size. */
  const roomFor = (item: unknown, isFull: (report: Omit<Report, 'sequence'>) => boolean) => {
    const bytes = bytesOf(item) + 1;
    let report = reports.at(-1);
    if (!report || bytes > leftBytes || isFull(report)) {
      report = { seconds: [], breakers: [], calls: [], leases: [], ...state };
      reports.push(report);
      leftBytes = roomBytes;
    }
    leftBytes -= bytes;
    return report;
  };
  for (const turn of breakers) roomFor(turn, (r) => r.breakers.length === 1000).breakers.push(turn);
  for (const wish of leases) roomFor(wish, (r) => r.leases.length === 1000).leases.push(wish);
  for (const { agoMs, resources } of seconds)
    for (const resource of resources) {
      const isFull = (r: Omit<Report, 'sequence'>) =>
        r.seconds.length === 60 || r.seconds.at(-1)?.resources.length === 2000;
      const report = roomFor(resource, isFull);
      const under = report.seconds.at(-1);
      if (under?.agoMs === agoMs) under.resources.push(resource);
      else report.seconds.push({ agoMs, resources: [resource] });
    }
  for (const call of calls) roomFor(call, (r) => r.calls.length === 500).calls.push(call);
  if (reports.length === 0) roomFor('', () => false);
  return reports;
}

function fitting<T>(items: readonly T[], most: number): T[] {
  const fit: T[] = [];
  let bytes = 0;
  for (const item of items.slice(0, most)) {
    bytes += bytesOf(item) + 1;
    if (bytes > mostBytesOfState) break;
    fit.push(item);
  }
  return fit;
}

const bytesOf = (item: unknown): number => Buffer.byteLength(JSON.stringify(item));
