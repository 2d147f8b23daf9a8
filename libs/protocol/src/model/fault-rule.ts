import { z } from 'zod';
import { json } from './json.ts';
import { id, moment } from './name.ts';
import { base } from './rule-parts.ts';
import { text } from './text.ts';

const delayMs = z.number().min(0).max(600_000);
const spread = { meanMs: delayMs, stdDevMs: delayMs, maxMs: delayMs };

const delay = z.discriminatedUnion('distribution', [
  z.strictObject({ distribution: z.literal('fixed'), ms: delayMs }),
  z
    .strictObject({ distribution: z.literal('uniform'), minMs: delayMs, maxMs: delayMs })
    .refine(({ minMs, maxMs }) => minMs <= maxMs, {
      path: ['maxMs'],
      message: 'must not be below minMs',
      params: { problem: 'range', zh: '不能小于 minMs' },
    }),
  z.strictObject({ distribution: z.literal(['normal', 'lognormal']), ...spread }),
  z.strictObject({
    distribution: z.literal('percentiles'),
    points: z
      .array(z.tuple([z.number().min(0).max(100), delayMs]))
      .min(1)
      .max(100)
      .refine((points) => points.every((p, i) => i === 0 || isAfter(points[i - 1]!, p)), {
        message: 'must grow: each percentile above the one before, each time not below',
        params: { problem: 'range', zh: '必须递增：百分位逐个增大，时间不得减小' },
      }),
  }),
]);

const isAfter = (before: readonly [number, number], point: readonly [number, number]): boolean =>
  point[0] > before[0] && point[1] >= before[1];

/** What goes wrong, beside the fields of whatever says so. */
export function injectionOf<const S extends z.core.$ZodLooseShape>(subject: S) {
  return z.discriminatedUnion('fault', [
    z.strictObject({ ...subject, fault: z.literal('delay'), delay }),
    z.strictObject({
      ...subject,
      fault: z.literal('error'),
      name: text(128).min(1).optional(),
      message: text(1000),
      code: text(128).min(1).optional(),
    }),
    z.strictObject({ ...subject, fault: z.literal('return'), value: json }),
    z.discriminatedUnion('protocol', [
      z.strictObject({
        ...subject,
        fault: z.literal('abort'),
        protocol: z.literal('http'),
        status: z.int().min(200).max(599),
        body: text(65_536).optional(),
      }),
      z.strictObject({
        ...subject,
        fault: z.literal('abort'),
        protocol: z.literal('grpc'),
        status: z.int().min(1).max(16),
        message: text(1000).optional(),
      }),
    ]),
    z.strictObject({ ...subject, fault: z.literal('hang') }),
    z.strictObject({ ...subject, fault: z.literal('blockEventLoop'), ms: z.int().min(1).max(10_000) }),
  ]);
}

export const faultRule = injectionOf({
  ...base,
  kind: z.literal('fault'),
  perMillion: z.int().min(1).max(1_000_000),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  deadline: moment,
  drillId: id.optional(),
});
