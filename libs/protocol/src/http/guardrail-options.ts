import { guardrailMeasures, onBreaches } from '@sluice/core';
import { z } from 'zod';
import { text } from '../model/text.ts';

const marginUpTo = (most: number) =>
  z.strictObject({
    /** So many times the rest. */
    ratio: z.number().min(1).max(1000).optional(),
    /** And so much above it. */
    floor: z.number().min(0).max(most).optional(),
  });
const shareMargin = marginUpTo(1);

/** How a gray is watched over; what isn't said is at its default, and nothing said is on. */
export const guardrails = z
  .strictObject({
    /** Why it goes without guardrails. */
    off: text(500).min(1).optional(),
    /** A share or a number of instances is abandoned by itself, chosen ones are halted, unless said here. */
    onBreach: z.enum(onBreaches).optional(),
    /** Calls on each side below which nothing is judged; fewer in a window wait for the next ones. */
    minCalls: z.int().min(10).max(1_000_000).optional(),
    /** How many samples in a row must be over. */
    windows: z.int().min(1).max(12).optional(),
    /** Floors: shares from 0 to 1, ms for `p99`, openings per instance for `breakerOpenings`. */
    margins: z
      .strictObject({
        errorRatio: shareMargin.optional(),
        p99: marginUpTo(600_000).optional(),
        blockShare: shareMargin.optional(),
        breakerOpenings: marginUpTo(1000).optional(),
        applyFailures: shareMargin.optional(),
      })
      .optional(),
    /** Only these count. */
    measures: z.array(z.enum(guardrailMeasures)).min(1).max(guardrailMeasures.length).optional(),
    /** Only calls of these resources count. */
    resources: z.array(text(256).min(1)).min(1).max(50).optional(),
  })
  .refine(
    ({ off, ...others }) => off === undefined || Object.values(others).every((value) => value === undefined),
    {
      path: ['off'],
      message: 'leaves nothing to say about guardrails',
      params: { problem: 'value', zh: '关闭护栏后不能再设置其他选项' },
    },
  );
