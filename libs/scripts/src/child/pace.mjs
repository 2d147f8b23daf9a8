import { cpus } from 'node:os';

const marksEveryMs = 100;
/** A run with less than this share of its time on a processor, or beside so much other work, was held up. */
const fairShare = 0.75;
const muchOther = 0.4;
/** How many times as long it may take when it is run once more. */
export const patience = 5;
/** The system counts in steps of 10 ms, so less than this tells nothing. */
const leastMs = 20;

function sample() {
  const all = cpus();
  let [busyMs, idleMs] = [0, 0];
  for (const { times } of all) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), busyMs, idleMs, ownMs: (user + system) / 1000 };
}

let last = sample();

/** To be called before a run that may turn out slow. Cheap, for it looks only now and then unless it is told `now`. */
export function mark(now = false) {
  if (now || performance.now() - last.at > marksEveryMs) last = sample();
}

/**
 * Whether what had `allowedMs` since the mark, and ran out of them, got them at all. Processor time of its own does
 * not tell all: on shared machines stolen time counts as used.
 */
export function wasHeldUp(allowedMs) {
  const now = sample();
  if (now.ownMs - last.ownMs < allowedMs * fairShare) return true;
  if (now.at - last.at < leastMs) return false;
  const busyMs = now.busyMs - last.busyMs;
  const allMs = busyMs + now.idleMs - last.idleMs;
  return allMs > 0 && busyMs - (now.ownMs - last.ownMs) > allMs * muchOther;
}

/** The surer half of it: this process was not on a processor for most of the time. */
export function wasKeptOff(allowedMs) {
  return sample().ownMs - last.ownMs < allowedMs * fairShare;
}
