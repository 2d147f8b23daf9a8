import { blockCodes } from '@sluice/core';
import { at, type Numbers } from '../traffic/tally-fields.ts';
import type { CallSums } from './call-sums.ts';

/** Adds what a ring holds of one second. */
export function addRow(into: CallSums, numbers: Numbers, offset: number): void {
  const of = (field: number): number => numbers[offset + field]!;
  let blocked = 0;
  for (let code = 0; code < blockCodes.length; code++) blocked += of(at.blocked + code);
  into.asked += of(at.passed) + blocked;
  into.blocked += blocked;
  into.finished += of(at.success) + of(at.errors);
  into.errors += of(at.errors);
  into.injected += of(at.injected);
  into.breakerOpenings += of(at.opened);
}
