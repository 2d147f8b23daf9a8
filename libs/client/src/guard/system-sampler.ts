import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Readings, Rules } from '@sluice/core';
import type { Clock, Timer } from '../clock.ts';
import { outsideOfRequests } from './context.ts';

const everyMs = 1000;
const resolutionMs = 10;

/** How the process does, as far as system rules ask. */
export interface SystemProbe {
  /** Since the last time. */
  read(): Readings;
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
    stop: () => delay.disable(),
  };
}

/** Looks at the process once a second, while a system rule is in force and not otherwise. */
export class SystemSampler {
  readonly #clock: Clock;
  readonly #probe: () => SystemProbe;
  readonly #take: (readings: Readings) => void;
  #running: SystemProbe | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, probe: () => SystemProbe, take: (readings: Readings) => void) {
    this.#clock = clock;
    this.#probe = probe;
    this.#take = take;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  follow(rules: Rules): void {
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
      this.#take(this.#running.read());
      this.#arm();
    });
  }
}
