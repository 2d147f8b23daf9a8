import { emptySide, type SideWindow } from '@sluice/core';
import type { ResourceSecond } from '@sluice/protocol/client';

/** What calls of one scope came to on one side, added up where it lies. */
export class CallSums {
  finished = 0;
  errors = 0;
  asked = 0;
  blocked = 0;
  injected = 0;
  breakerOpenings = 0;
  readonly latency: number[] = [];

  add(second: ResourceSecond): void {
    const blocked = Object.values(second.blocked).reduce((sum, count) => sum + count, 0);
    this.asked += second.passed + blocked;
    this.blocked += blocked;
    this.finished += second.success + second.errors;
    this.errors += second.errors;
    this.injected += second.injected;
    for (const [bucket, calls] of second.latency) this.took(bucket, calls);
  }

  took(bucket: number, calls: number): void {
    while (this.latency.length <= bucket) this.latency.push(0);
    this.latency[bucket]! += calls;
  }

  /** With how many instances there are and what they answered to deliveries. */
  side(people: Pick<SideWindow, 'instances' | 'answered' | 'applyFailures'>): SideWindow {
    const { finished, errors, asked, blocked, injected, breakerOpenings, latency } = this;
    return { ...emptySide, finished, errors, asked, blocked, injected, breakerOpenings, latency, ...people };
  }
}
