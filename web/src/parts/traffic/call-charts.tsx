import type { TrafficMarker } from '@sluice/protocol';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import styles from './chart.module.css';
import { Chart, type SeriesLook } from './chart.tsx';
import type { ChartFrame } from './chart-frame.ts';
import type { PlotMarker } from './plot.tsx';

const calls: readonly SeriesLook[] = [
  { name: 'passed', colour: '--busy' },
  { name: 'blocked', colour: '--bad' },
  { name: 'wouldBlock', colour: '--warn', dash: [6, 4] },
  { name: 'errors', colour: '--violet', dash: [2, 3] },
];
const latency: readonly SeriesLook[] = [
  { name: 'p50', colour: '--ok' },
  { name: 'p90', colour: '--busy', dash: [6, 4] },
  { name: 'p99', colour: '--violet' },
];
const inFlight: readonly SeriesLook[] = [{ name: 'active', colour: '--accent' }];

const markerColour: Readonly<Record<TrafficMarker['kind'], string>> = {
  push: '--accent',
  breaker: '--bad',
  kill: '--band',
  drill: '--busy',
};

interface Props {
  readonly frame: ChartFrame;
  /** What happened meanwhile, as lines across. */
  readonly markers: readonly TrafficMarker[];
  /** Side by side and low, where charts are not what the page is about. */
  readonly small?: boolean;
}

/** Calls of one resource over time, how long they took, and how many ran at once. */
export function CallCharts({ frame, markers, small = false }: Props) {
  const t = useGuardText();
  const shared = { frame, markers: plotted(markers) };
  const callChart = (heightPx: number) => (
    <Chart
      {...shared}
      title={t.resources.calls}
      series={calls}
      unit={t.resources.perSec}
      heightPx={heightPx}
    />
  );
  const latencyChart = (
    <Chart {...shared} title={t.resources.latency} series={latency} unit={t.resources.ms} heightPx={170} />
  );
  if (small)
    return (
      <div className={styles.grid}>
        {callChart(170)}
        {latencyChart}
      </div>
    );
  return (
    <>
      {callChart(230)}
      <div className={styles.grid}>
        {latencyChart}
        <Chart
          {...shared}
          title={t.resources.inFlight}
          series={inFlight}
          unit={(text) => text}
          heightPx={170}
        />
      </div>
    </>
  );
}

const plotted = (markers: readonly TrafficMarker[]): PlotMarker[] =>
  markers.map((marker) => ({
    atMs: Date.parse(marker.at),
    colour: markerColour[marker.kind],
    small: marker.kind === 'breaker',
  }));
