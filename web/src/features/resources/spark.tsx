import type { Resource } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNow } from '../../lib/clock.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { blockedOf, chartFrame } from '../../parts/traffic/chart-frame.ts';
import { sparkOf } from './spark-source.ts';

const stepMs = 10_000;
const width = 120;
const height = 24;

interface Props {
  readonly env: string;
  readonly app: string;
  readonly row: Resource;
}

/** Calls of the last five minutes in one glance: passed as an area, refused ones on top; gaps stay open. */
export function Spark({ env, app, row }: Props) {
  const t = useGuardText();
  const now = useNow();
  const traffic = useQuery(sparkOf({ env, app, resource: row.resource, type: row.type }));
  if (!traffic.data) return <svg width={width} height={height} aria-hidden="true" />;
  const toMs = Math.floor(now / stepMs) * stepMs;
  const { points } = traffic.data;
  const { columns } = chartFrame(points, { fromMs: toMs - 300_000, toMs, stepMs });
  const all = columns.passed.map((passed, i) => (passed === null ? null : passed + columns.blocked[i]!));
  const top = Math.max(1e-9, ...all.map((each) => each ?? 0));
  const wide = width / all.length;
  const refused = points.reduce((sum, point) => sum + blockedOf(point), 0);
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={t.resources.trendLabel(row.resource)}
      data-refused={refused}
    >
      {all.map((value, i) => {
        const x = i * wide;
        const key = Math.round(x * 100);
        if (value === null)
          return (
            <rect
              key={key}
              x={x}
              y={height - 2}
              width={wide}
              height={1}
              fill="var(--line-strong)"
              opacity={0.6}
            />
          );
        const tall = Math.max(1, (value / top) * (height - 2));
        const red = (columns.blocked[i]! / top) * (height - 2);
        return (
          <g key={key}>
            <rect
              x={x}
              y={height - tall}
              width={wide - 0.8}
              height={tall}
              fill="var(--busy)"
              opacity={0.75}
            />
            {red > 0 && <rect x={x} y={height - tall} width={wide - 0.8} height={red} fill="var(--bad)" />}
          </g>
        );
      })}
    </svg>
  );
}
