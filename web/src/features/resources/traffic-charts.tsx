import type { contracts, ResponseOf } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useRef, useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { ageText, clockTime, lengthText } from '../../lib/format.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { SilentNodes } from '../../parts/silent-nodes.tsx';
import { CallCharts } from '../../parts/traffic/call-charts.tsx';
import { type ChartFrame, chartFrame } from '../../parts/traffic/chart-frame.ts';
import type { ResourcePlace } from '../../parts/traffic/resource-place.ts';
import { type Span, spans, trafficOf } from '../../parts/traffic/traffic-spans.ts';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { Happenings } from './happenings.tsx';

type Traffic = ResponseOf<typeof contracts.getTraffic>;

interface Props {
  readonly place: ResourcePlace;
  readonly span: Span;
  readonly show: (span: Span) => void;
  /** When the resource was seen first: that nothing is known from before then says nothing. */
  readonly firstSeenMs: number;
}

/** Live charts of one resource with what happened meanwhile. Missing data is hatched, and its age is told. */
export function TrafficCharts({ place, span, show, firstSeenMs }: Props) {
  const t = useGuardText();
  const traffic = useQuery(trafficOf(place, span));
  const [pausedAt, setPausedAt] = useState<Traffic>();
  const now = useNow();
  const frozen = useRef(now);
  if (!pausedAt) frozen.current = now;
  const shown = pausedAt ?? traffic.data;
  const toMs = shown ? Math.max(frozen.current, Date.parse(shown.to)) : frozen.current;
  const fromMs = span === '5m' || !shown ? toMs - 300_000 : Date.parse(shown.from);
  const frame = shown && chartFrame(shown.points, { fromMs, toMs, stepMs: shown.stepMs });
  return (
    <Stack gap={14}>
      <Row>
        <Segmented<Span>
          aria-label={t.resources.span}
          value={span}
          onChange={(next) => {
            setPausedAt(undefined);
            show(next);
          }}
          options={spans.map((each) => ({ value: each, label: t.resources.spans[each] }))}
        />
        {frame && (
          <>
            <span className="quiet">{t.resources.stepOf(ageText(frame.stepMs))}</span>
            <Button aria-keyshortcuts="." onClick={() => setPausedAt(pausedAt ? undefined : traffic.data)}>
              {pausedAt ? t.resources.resume : t.resources.pause}
            </Button>
            <NewestData frame={frame} now={now} />
          </>
        )}
      </Row>
      <Loaded of={traffic} rows={8}>
        {(newest) => {
          const { markers: all, silentNodes } = pausedAt ?? newest;
          const markers = all.filter(({ at }) => Date.parse(at) >= fromMs);
          return (
            <>
              {pausedAt && <Notice tone="idle">{t.resources.paused}</Notice>}
              <SilentNodes count={silentNodes} />
              {frame && (
                <>
                  <Missing frame={frame} sinceMs={firstSeenMs} />
                  <CallCharts frame={frame} markers={markers} />
                </>
              )}
              <Happenings place={place} markers={markers} />
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

/** How old the newest numbers are; old ones stand out. */
function NewestData({ frame, now }: { readonly frame: ChartFrame; readonly now: number }) {
  const t = useGuardText();
  if (frame.newestMs === undefined)
    return (
      <Badge tone="warn" sign="≠">
        {t.resources.noData}
      </Badge>
    );
  const isStale = now - frame.newestMs > Math.max(10_000, 2 * frame.stepMs);
  return (
    <span data-newest={frame.newestMs}>
      <Badge tone={isStale ? 'warn' : 'ok'} sign="●" {...(isStale && { title: t.resources.stale })}>
        {t.resources.age} <Age at={Math.min(frame.newestMs, now)} />
      </Badge>
    </span>
  );
}

const gapsNamed = 5;

/** Times of which nothing is known, in words. */
function Missing({ frame, sinceMs }: { readonly frame: ChartFrame; readonly sinceMs: number }) {
  const t = useGuardText();
  const gaps = frame.gaps.filter(({ toMs }) => toMs > sinceMs);
  const totalMs = gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0);
  return (
    <>
      {gaps.length > 0 && (
        <Notice tone="idle">
          {t.resources.gaps(gaps.length, lengthText(totalMs))}
          <ul style={{ margin: 0, paddingLeft: 18 }}>
            {gaps.slice(-gapsNamed).map((gap) => (
              <li key={gap.fromMs} className="num" data-gap={gap.toMs - gap.fromMs}>
                {t.resources.gapAt(clockTime(gap.fromMs), clockTime(gap.toMs))}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {frame.partial && <Notice tone="warn">{t.resources.partial}</Notice>}
    </>
  );
}
