import { contracts, type ResponseOf, type TrafficMarker } from '@sluice/protocol';
import type { LiveUpdate, Topic } from '@sluice/protocol/console';
import type { QueryClient } from '@tanstack/react-query';
import { merged } from './merged.ts';

type TrafficAnswer = ResponseOf<typeof contracts.getTraffic>;
type ResourcesAnswer = ResponseOf<typeof contracts.listResources>;
type TrafficTopic = Extract<Topic, { of: 'traffic' }>;

/** A chart of seconds goes on by itself for so long. */
export const liveSpanMs = 300_000;
const stepMs = 1000;

const markerId = (marker: TrafficMarker): string => JSON.stringify(marker);

/** Puts the newest seconds into charts of seconds, and the state of breakers into the list. */
export function patchTraffic(
  client: QueryClient,
  { environment: env, app }: TrafficTopic,
  { traffic = [], markers = [], at }: LiveUpdate,
): void {
  // From the beginning of a second, as the server tells it: the first of the chart is not to be missing.
  const fromMs = Math.floor((Date.parse(at) - liveSpanMs) / stepMs) * stepMs;
  for (const told of traffic)
    client.setQueriesData<TrafficAnswer>(
      {
        predicate: ({ queryKey: [operation, params, query] }) => {
          const p = params as { env?: string; app?: string; resource?: string };
          const q = query as { type?: string; span?: string };
          const here = p.env === env && p.app === app && p.resource === told.resource;
          return operation === contracts.getTraffic.id && here && q.type === told.type && q.span === '5m';
        },
      },
      (old) => {
        if (old?.stepMs !== stepMs) return old;
        const points = merged(old.points, told.points, (point) => point.at)
          .filter((point) => Date.parse(point.at) >= fromMs)
          .sort((a, b) => (a.at < b.at ? -1 : 1));
        const all = merged(old.markers, markers, markerId).sort((a, b) => (a.at < b.at ? -1 : 1));
        return { ...old, points, markers: all, from: new Date(fromMs).toISOString(), to: at };
      },
    );
  const breakers = new Map(traffic.map((each) => [`${each.type} ${each.resource}`, each.breakers]));
  client.setQueriesData<ResourcesAnswer>(
    {
      predicate: ({ queryKey: [operation, params] }) => {
        const p = params as { env?: string; app?: string };
        return operation === contracts.listResources.id && p.env === env && p.app === app;
      },
    },
    (old) =>
      old && {
        ...old,
        items: old.items.map((each) => {
          const now = breakers.get(`${each.type} ${each.resource}`);
          return now ? { ...each, breakers: now } : each;
        }),
      },
  );
}
