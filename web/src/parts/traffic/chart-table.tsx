import { useState } from 'react';
import { amount } from '../../lib/amount.ts';
import { clockTime, dateTime } from '../../lib/format.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { DataTable } from '../../ui/data-table.tsx';
import styles from './chart.module.css';
import type { ChartFrame, SeriesName } from './chart-frame.ts';

/** Newest rows; a table of days would be read by nobody. */
const shownAtMost = 120;

interface Props {
  readonly title: string;
  readonly frame: ChartFrame;
  readonly names: readonly SeriesName[];
  readonly unit: (text: string) => string;
}

/** The same numbers to read: newest first, what is missing said in words. */
export function ChartTable({ title, frame, names, unit }: Props) {
  const t = useGuardText();
  const [open, setOpen] = useState(false);
  const isLong = frame.stepMs * frame.xs.length > 86_400_000;
  return (
    <details className={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.resources.asTable}</summary>
      {open && (
        <DataTable
          label={title}
          rows={frame.xs.map((_, i) => frame.xs.length - 1 - i).slice(0, shownAtMost)}
          rowKey={(i) => String(frame.xs[i])}
          empty={null}
          columns={[
            {
              key: 'at',
              title: t.resources.at,
              cell: (i) => (isLong ? dateTime : clockTime)(frame.xs[i]! * 1000),
            },
            ...names.map((name) => ({
              key: name,
              title: t.resources.series[name],
              align: 'right' as const,
              cell: (i: number) => {
                const value = frame.columns[name][i] ?? null;
                return value === null ? (
                  <span className="quiet">{t.resources.noData}</span>
                ) : (
                  unit(amount(value))
                );
              },
            })),
          ]}
        />
      )}
    </details>
  );
}
