import type { ResourceSecond } from '@sluice/protocol/client';
import { Latency } from './latency.ts';
import { addSecond, at, fieldCount } from './tally-fields.ts';

/** What calls of one resource came to in a minute or an hour: the row of a rollup. */
export class Sum {
  /** Where it begins. */
  readonly atMs: number;
  readonly counts = new Float64Array(fieldCount);
  readonly latency = new Latency();
  /** It has grown since it was written. */
  isUnwritten = true;
  /** When it was last written; when it began, before. */
  writtenAtMs: number;

  constructor(atMs: number) {
    this.atMs = atMs;
    this.writtenAtMs = atMs;
  }

  add(second: ResourceSecond, active: number): void {
    addSecond(this.counts, 0, second);
    this.counts[at.active] = Math.max(this.counts[at.active]!, active);
    this.latency.add(second.latency);
    this.isUnwritten = true;
  }

  opened(): void {
    this.counts[at.opened]! += 1;
    this.isUnwritten = true;
  }
}
