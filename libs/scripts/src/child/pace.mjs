import { cpus } from 'node:os';

const marksEveryMs = 100;
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

/** To be called before a run that may turn out slow. Cheap, for it looks only now and then. */
export function mark() {
  if (performance.now() - last.at > marksEveryMs) last = sample();
}

/**
 * The share of all processors, from 0 to 1, that others used since the mark. Processor time of the run itself does
 * not tell whether it was held up: on shared machines stolen time counts as used.
 */
export function shareOfOthers() {
  const now = sample();
  if (now.at - last.at < leastMs) return 0;
  const busyMs = now.busyMs - last.busyMs;
  const allMs = busyMs + now.idleMs - last.idleMs;
  return allMs > 0 ? Math.max(0, busyMs - (now.ownMs - last.ownMs)) / allMs : 0;
}
