import { amount } from '../../../lib/amount.ts';
import { clockTime } from '../../../lib/format.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import styles from './prediction.module.css';
import type { Prediction } from './use-prediction.ts';

const width = 400;
const height = 80;
const minuteMs = 60_000;

/** Recorded calls by minute with what would be blocked on top; minutes without any stay empty. */
export function MinutesChart({ minutes }: { readonly minutes: Prediction['byMinute'] }) {
  const t = useGuardText();
  if (minutes.length === 0) return null;
  const firstMs = Date.parse(minutes[0]!.at);
  const lastMs = Date.parse(minutes.at(-1)!.at);
  const slots = Math.max(12, (lastMs - firstMs) / minuteMs + 1);
  const wide = width / slots;
  const top = Math.max(1, ...minutes.map((each) => each.calls));
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t.prediction.chart(minutes.length)}
    >
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" />
      {minutes.map((each) => {
        const x = ((Date.parse(each.at) - firstMs) / minuteMs) * wide;
        const tall = (each.calls / top) * (height - 4);
        const red = (each.wouldBlock / top) * (height - 4);
        return (
          <g key={each.at}>
            <title>
              {t.prediction.minute(clockTime(each.at), amount(each.wouldBlock), amount(each.calls))}
            </title>
            <rect
              x={x}
              y={height - tall}
              width={wide * 0.85}
              height={tall}
              fill="var(--busy)"
              opacity={0.55}
            />
            <rect x={x} y={height - tall} width={wide * 0.85} height={red} fill="var(--bad)" />
          </g>
        );
      })}
    </svg>
  );
}
