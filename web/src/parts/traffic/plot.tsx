import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Gap } from './chart-frame.ts';

export interface Line {
  readonly key: string;
  readonly values: readonly (number | null)[];
  /** Name of a colour of the page: `--busy`. */
  readonly colour: string;
  readonly dash?: readonly number[];
  readonly shown: boolean;
}

export interface PlotMarker {
  readonly atMs: number;
  readonly colour: string;
  /** Marked at the top only: there may be many of them. */
  readonly small: boolean;
}

export interface PlotProps {
  readonly xs: readonly number[];
  readonly lines: readonly Line[];
  readonly gaps: readonly Gap[];
  readonly markers: readonly PlotMarker[];
  readonly heightPx: number;
  /** Of the step that is pointed at; undefined: none. */
  readonly at: number | undefined;
  readonly onPoint: (index: number | undefined) => void;
}

const colourOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#888';

/** Times without reports, hatched, so that nobody takes them for quiet ones. */
function drawGaps(plot: uPlot, gaps: readonly Gap[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const gap of gaps) {
    const left = plot.valToPos(gap.fromMs / 1000, 'x', true);
    const right = plot.valToPos(gap.toMs / 1000, 'x', true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, Math.max(right - left, 2), bbox.height);
    ctx.fillStyle = colourOf('--idle-soft');
    ctx.fill();
    ctx.clip();
    ctx.strokeStyle = colourOf('--line-strong');
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    for (let x = left - bbox.height; x < right; x += 8 * devicePixelRatio) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}

function drawMarkers(plot: uPlot, markers: readonly PlotMarker[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { atMs, colour, small } of markers) {
    const x = plot.valToPos(atMs / 1000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = colourOf(colour);
    ctx.lineWidth = devicePixelRatio * 1.5;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + (small ? 14 * devicePixelRatio : bbox.height));
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath();
    const size = 4 * devicePixelRatio;
    ctx.moveTo(x - size, bbox.top);
    ctx.lineTo(x + size, bbox.top);
    ctx.lineTo(x, bbox.top + size * 1.6);
    ctx.fill();
  }
  ctx.restore();
}

/** One canvas of lines over time. Data goes in without drawing the rest anew. */
export default function Plot(props: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  latest.current = props;
  const { heightPx, lines, xs, at } = props;

  useEffect(() => {
    const element = host.current!;
    const axis = { stroke: colourOf('--text-3'), grid: { stroke: colourOf('--line'), width: 1 } };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: heightPx,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 }, sync: { key: 'traffic' } },
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
        axes: [
          {
            ...axis,
            ticks: axis.grid,
            space: 84,
            values: (_, splits, ___, ____, incr) => splits.map((s) => timeOf(s, incr)),
          },
          { ...axis, ticks: axis.grid, size: 64 },
        ],
        series: [
          {},
          ...latest.current.lines.map((line) => ({
            label: line.key,
            show: line.shown,
            stroke: colourOf(line.colour),
            width: 1.6,
            spanGaps: false,
            points: { show: false },
            ...(line.dash && { dash: [...line.dash] }),
          })),
        ],
        hooks: {
          drawClear: [(u) => drawGaps(u, latest.current.gaps)],
          draw: [(u) => drawMarkers(u, latest.current.markers)],
          setCursor: [
            (u) => {
              const point =
                u.cursor.left !== undefined && u.cursor.left >= 0 ? (u.cursor.idx ?? undefined) : undefined;
              if (point !== latest.current.at) latest.current.onPoint(point);
            },
          ],
        },
      },
      dataOf(latest.current),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [heightPx]);

  useEffect(() => plot.current?.setData(dataOf({ xs, lines })), [xs, lines]);

  useEffect(() => {
    const u = plot.current;
    if (!u || at === undefined || u.cursor.idx === at) return;
    u.setCursor({ left: u.valToPos(xs[at]!, 'x'), top: 10 }, false);
  }, [at, xs]);

  return <div ref={host} style={{ height: heightPx, minWidth: 0 }} />;
}

const dataOf = ({ xs, lines }: Pick<PlotProps, 'xs' | 'lines'>): uPlot.AlignedData => [
  xs as number[],
  ...lines.map((line) => line.values as (number | null)[]),
];

function timeOf(sec: number, incrSec: number): string {
  const date = new Date(sec * 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (incrSec >= 86_400) return `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return incrSec < 60 ? `${clock}:${two(date.getSeconds())}` : clock;
}
