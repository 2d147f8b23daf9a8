import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Readings, Rules } from '@sluice/core';
import type { Clock, Timer } from '../clock.ts';
import { outsideOfRequests } from './context.ts';

const everyMs = 1000;
const resolutionMs = 10;
/** So many readings in a row of too large a heap, then twice as many each time: collecting stops the process a while. */
const collectAfter = 10;
const collectAfterMost = 320;

/** How the process does, as far as system rules ask. */
export interface SystemProbe {
  /** Since the last time. */
  read(): Readings;
  /** Collects garbage. */
  collect?(): void;
  stop(): void;
}

/** Measures this process from now on. */
export function processProbe(): SystemProbe {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let loop = performance.eventLoopUtilization();
  let cpu = process.cpuUsage();
  let at = performance.now();
  return {
    read() {
      const now = performance.now();
      const { utilization } = performance.eventLoopUtilization(loop);
      const { user, system } = process.cpuUsage(cpu);
      // It measures how long a timer took that was to take the resolution.
      const lagMs = delay.count > 0 ? Math.max(0, delay.mean / 1e6 - resolutionMs) : 0;
      const readings = {
        eventLoopLagMs: lagMs,
        eventLoopUtilisation: utilization,
        // Of one core: that is what the code of an app can take.
        cpu: Math.min(1, (user + system) / 1000 / Math.max(1, now - at)),
        heapBytes: getHeapStatistics().used_heap_size,
      };
      loop = performance.eventLoopUtilization();
      cpu = process.cpuUsage();
      at = now;
      delay.reset();
      return readings;
    },
    collect: collectGarbage,
    stop: () => delay.disable(),
  };
}

/** The way to ask V8 for it that needs no flag at the start of the process. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  try {
    (runInNewContext('gc') as () => void)();
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

/** Looks at the process once a second, while a system rule is in force and not otherwise. */
export class SystemSampler {
  readonly #clock: Clock;
  readonly #probe: () => SystemProbe;
  readonly #take: (readings: Readings) => void;
  #running: SystemProbe | undefined;
  #timer: Timer | undefined;
  /** From where on some rule refuses calls. */
  #heapBytes = Number.POSITIVE_INFINITY;
  #highReadings = 0;
  #collectAfter = collectAfter;

  constructor(clock: Clock, probe: () => SystemProbe, take: (readings: Readings) => void) {
    this.#clock = clock;
    this.#probe = probe;
    this.#take = take;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  follow(rules: Rules): void {
    this.#heapBytes = Math.min(
      ...Object.values(rules).map((rule) =>
        rule.kind === 'system' && rule.signal === 'heapBytes' && rule.mode === 'intercept'
          ? rule.threshold
          : Number.POSITIVE_INFINITY,
      ),
    );
    const isWanted = Object.values(rules).some(({ kind, mode }) => kind === 'system' && mode !== 'off');
    if (isWanted === this.isRunning) return;
    if (!isWanted) this.stop();
    else
      outsideOfRequests(() => {
        this.#running = this.#probe();
        this.#arm();
      });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#running?.stop();
    this.#running = undefined;
    this.#take({});
  }

  #arm(): void {
    this.#timer = this.#clock.after(everyMs, () => {
      if (!this.#running) return;
      const readings = this.#running.read();
      this.#take(readings);
      this.#relieve(readings);
      this.#arm();
    });
  }

  /**
   * V8 collects garbage when memory is asked for. A process that refuses its calls asks for next to none, and what it
   * has read of its heap would shut it for ever.
   */
  #relieve({ heapBytes = 0 }: Readings): void {
    if (heapBytes < this.#heapBytes) {
      [this.#highReadings, this.#collectAfter] = [0, collectAfter];
      return;
    }
    this.#highReadings += 1;
    if (this.#highReadings < this.#collectAfter) return;
    [this.#highReadings, this.#collectAfter] = [0, Math.min(collectAfterMost, this.#collectAfter * 2)];
    this.#running?.collect?.();
  }
}
