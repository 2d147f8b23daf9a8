import { type KeyboardEvent, useState } from 'react';
import { amount } from '../../lib/amount.ts';
import { clockTime } from '../../lib/format.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { useTheme } from '../../lib/theme.ts';
import { Section } from '../../ui/page.tsx';
import styles from './chart.module.css';
import type { ChartFrame, SeriesName } from './chart-frame.ts';
import { ChartTable } from './chart-table.tsx';
import { LazyPlot } from './lazy-plot.tsx';
import type { PlotMarker } from './plot.tsx';

export interface SeriesLook {
  readonly name: SeriesName;
  readonly colour: string;
  readonly dash?: readonly number[];
}

interface Props {
  readonly title: string;
  readonly frame: ChartFrame;
  readonly series: readonly SeriesLook[];
  readonly markers: readonly PlotMarker[];
  /** What a number is: `12 ms`. */
  readonly unit: (text: string) => string;
  readonly heightPx: number;
}

/** The pointer stays where it is while time goes on; what was found by keys stays the moment that it is. */
type Pointed = { readonly index: number } | { readonly sec: number };

/** Lines over time with a readout: by the pointer, by arrow keys, and as a table. Each line has its own button. */
export function Chart({ title, frame, series, markers, unit, heightPx }: Props) {
  const t = useGuardText();
  const look = `${useTheme()} ${useLanguage()}`;
  const [hidden, setHidden] = useState<ReadonlySet<SeriesName>>(new Set());
  const [pointed, setPointed] = useState<Pointed>();
  const known = lastKnown(frame, series[0]!.name);
  const at = pointed && indexOf(frame, pointed);
  const read = at ?? known;
  const valueAt = (name: SeriesName): string => {
    const value = read === undefined ? null : (frame.columns[name][read] ?? null);
    return value === null ? '–' : unit(amount(value));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.key === 'Escape') setPointed(undefined);
    else if (step !== undefined) {
      const index = indexOf(frame, { index: (at ?? known ?? frame.xs.length) + step });
      setPointed({ sec: frame.xs[index] ?? 0 });
    } else return;
    event.preventDefault();
  };
  const isGap = read !== undefined && at !== undefined && frame.columns[series[0]!.name][read] === null;
  const moment = read === undefined ? '' : clockTime(frame.xs[read]! * 1000);
  const summary = series.map(({ name }) => `${t.resources.series[name]} ${valueAt(name)}`).join(', ');
  return (
    <Section
      title={title}
      aside={
        <span className="num">
          {moment && `${t.resources.at} ${moment}`} {isGap && <strong>{t.resources.noData}</strong>}
        </span>
      }
    >
      <div className={styles.legend}>
        {series.map(({ name, colour, dash }) => (
          <button
            key={name}
            type="button"
            aria-pressed={!hidden.has(name)}
            className={styles.entry}
            onClick={() => {
              const next = new Set(hidden);
              if (!next.delete(name)) next.add(name);
              setHidden(next);
            }}
          >
            <span
              aria-hidden="true"
              className={styles.line}
              style={{ borderTopColor: `var(${colour})`, borderTopStyle: dash ? 'dashed' : 'solid' }}
            />
            {t.resources.series[name]} <strong className="num">{valueAt(name)}</strong>
          </button>
        ))}
      </div>
      <div
        role="slider"
        tabIndex={0}
        className={styles.plot}
        aria-label={`${title}. ${t.resources.chartHelp}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, frame.xs.length - 1)}
        aria-valuenow={read ?? 0}
        aria-valuetext={`${moment} ${isGap ? t.resources.noData : summary}`}
        onKeyDown={onKeyDown}
        onPointerMove={() => setPointed((now) => (isByKeys(now) ? undefined : now))}
        onBlur={() => setPointed(undefined)}
      >
        <LazyPlot
          xs={frame.xs}
          lines={series.map(({ name, colour, dash }) => ({
            key: name,
            values: frame.columns[name],
            colour,
            shown: !hidden.has(name),
            ...(dash && { dash }),
          }))}
          gaps={frame.gaps}
          markers={markers}
          heightPx={heightPx}
          look={look}
          at={at}
          onPoint={(index) =>
            setPointed((now) => (isByKeys(now) ? now : index === undefined ? undefined : { index }))
          }
        />
      </div>
      <ChartTable title={title} frame={frame} names={series.map(({ name }) => name)} unit={unit} />
    </Section>
  );
}

const isByKeys = (pointed: Pointed | undefined): boolean => pointed !== undefined && 'sec' in pointed;

/** Where a chart is read; what has left it is read at its edge. */
function indexOf({ xs, stepMs }: ChartFrame, pointed: Pointed): number {
  const index = 'sec' in pointed ? Math.round(((pointed.sec - xs[0]!) * 1000) / stepMs) : pointed.index;
  return Math.max(0, Math.min(xs.length - 1, index));
}

/** The newest step of which something is known. */
function lastKnown({ xs, columns }: ChartFrame, name: SeriesName): number | undefined {
  for (let i = xs.length - 1; i >= 0; i--) if (columns[name][i] !== null) return i;
  return undefined;
}
