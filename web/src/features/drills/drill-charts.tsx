import { contracts, type DrillDetail, type ResponseOf } from '@sluice/protocol';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { nowMs, useNow } from '../../lib/clock.ts';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { useWatch } from '../../lib/live/link.ts';
import { liveSpanMs } from '../../lib/live/patch-traffic.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { CallCharts } from '../../parts/traffic/call-charts.tsx';
import { chartFrame } from '../../parts/traffic/chart-frame.ts';
import type { ResourcePlace } from '../../parts/traffic/resource-place.ts';
import { trafficOf } from '../../parts/traffic/traffic-spans.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Stack } from '../../ui/stack.tsx';
import { drillResources } from './drill-resources.ts';
import { isGoing } from './drill-state.tsx';
import { useResources } from './known-resources.ts';

type Traffic = ResponseOf<typeof contracts.getTraffic>;

/** So long before and after a drill belongs to its picture. */
const aroundMs = 60_000;
/** A drill may be about everything; its first resources are what it is mostly about. */
const shownAtMost = 3;

interface Props {
  readonly env: string;
  readonly app: string;
  readonly drill: DrillDetail;
}

/** Calls of what a drill breaks and looks at: live while it goes on, afterwards as they were. */
export function DrillCharts({ env, app, drill }: Props) {
  const seen = (useResources(env, app) ?? []).map(({ resource, type }) => ({ name: resource, type }));
  return drillResources(drill.definition, app, seen)
    .slice(0, shownAtMost)
    .map(({ name, type }) => (
      <ChartsOf key={`${type} ${name}`} place={{ env, app, resource: name, type }} drill={drill} />
    ));
}

function ChartsOf({ place, drill }: { readonly place: ResourcePlace; readonly drill: DrillDetail }) {
  const t = useDrillsText();
  const { env, app, resource, type } = place;
  const now = useNow();
  const isLive = isGoing(drill.state);
  const span = {
    fromMs: Date.parse(drill.startedAt ?? drill.createdAt) - aroundMs,
    toMs: Date.parse(drill.finishedAt ?? drill.deadline ?? drill.createdAt) + aroundMs,
  };
  useWatch(isLive ? { of: 'traffic', environment: env, app, resource, type } : undefined);
  const traffic = useQuery<Traffic, Problem>(isLive ? trafficOf(place, '5m') : trafficBetween(place, span));
  return (
    <Stack gap={8}>
      <div>
        {t.drills.callsAt}{' '}
        <Link
          to="/environments/$env/apps/$app/resource"
          params={{ env, app }}
          search={{ name: resource, type }}
          style={{ textDecoration: 'underline' }}
        >
          <code>{resource}</code>
        </Link>
      </div>
      <Loaded of={traffic} rows={4}>
        {({ points, markers, stepMs, to }) => {
          const toMs = Math.min(isLive ? Math.max(now, Date.parse(to)) : span.toMs, now);
          const fromMs = Math.max(span.fromMs, isLive ? toMs - liveSpanMs : 0);
          if (points.length === 0) return <Notice tone="idle">{t.drills.noFigures}</Notice>;
          return (
            <CallCharts
              small
              frame={chartFrame(points, { fromMs, toMs, stepMs })}
              markers={markers.filter(({ at }) => Date.parse(at) >= fromMs)}
            />
          );
        }}
      </Loaded>
    </Stack>
  );
}

/** How it was from one moment to another; asked again until all of it is past. */
function trafficBetween(
  { env, app, resource, type }: ResourcePlace,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
  const query = { type, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  return queryOptions<Traffic, Problem>({
    queryKey: [contracts.getTraffic.id, { env, app, resource }, query],
    queryFn: ({ signal }) => call(contracts.getTraffic, { params: { env, app, resource }, query }, signal),
    refetchInterval: () => (nowMs() < toMs + aroundMs ? 5000 : false),
    staleTime: aroundMs,
  });
}
