import { contracts, type ResponseOf } from '@sluice/protocol';
import { queryOptions } from '@tanstack/react-query';
import { nowMs } from '../../lib/clock.ts';
import { liveSpanMs } from '../../lib/live/patch-traffic.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import type { ResourcePlace } from './resource-place.ts';

export const spans = ['5m', '1h', '1d', '7d'] as const;
export type Span = (typeof spans)[number];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How long each choice looks back, how long a step is, and how often it is asked for; seconds come by themselves. */
const shapes: Readonly<Record<Span, { spanMs: number; stepMs: number; everyMs: number | false }>> = {
  '5m': { spanMs: liveSpanMs, stepMs: 1000, everyMs: false },
  '1h': { spanMs: hourMs, stepMs: 10_000, everyMs: 10_000 },
  '1d': { spanMs: 24 * hourMs, stepMs: minuteMs, everyMs: minuteMs },
  '7d': { spanMs: 7 * 24 * hourMs, stepMs: hourMs, everyMs: 5 * minuteMs },
};

export const spanOf = (text: string | undefined): Span => spans.find((each) => each === text) ?? '5m';

/** What is read of a resource for a span; the live link patches seconds under the same key. */
export function trafficOf({ env, app, resource, type }: ResourcePlace, span: Span) {
  const { spanMs, stepMs, everyMs } = shapes[span];
  return queryOptions<ResponseOf<typeof contracts.getTraffic>, Problem>({
    queryKey: [contracts.getTraffic.id, { env, app, resource }, { type, span }],
    queryFn: ({ signal }) =>
      call(
        contracts.getTraffic,
        {
          params: { env, app, resource },
          query: {
            type,
            stepMs: String(stepMs),
            // The last five minutes are what is told without a beginning: asked for exactly, they are a moment too long.
            ...(span !== '5m' && { from: new Date(nowMs() - spanMs + stepMs).toISOString() }),
          },
        },
        signal,
      ),
    refetchInterval: everyMs,
    staleTime: 10_000,
  });
}
