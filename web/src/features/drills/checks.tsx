import type { DrillMeasure } from '@sluice/protocol';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { checkWords, valueWords } from './check-words.ts';

/** Every check as it was measured, phase by phase. */
export function Checks({ measures }: { readonly measures: readonly DrillMeasure[] }) {
  const t = useDrillsText();
  const columns: Column<DrillMeasure>[] = [
    { key: 'kind', title: t.drills.kind, cell: (row) => t.drills.kinds[row.of] },
    {
      key: 'check',
      title: t.drills.check,
      cell: (row) => (
        <>
          {checkWords(row.check, t)} <span className="quiet">· {t.drills.phases[row.phase]}</span>
        </>
      ),
    },
    {
      key: 'now',
      title: t.drills.now,
      align: 'right',
      cell: (row) =>
        row.value === undefined ? <span className="quiet">–</span> : valueWords(row.check.metric, row.value),
    },
    {
      key: 'worst',
      title: t.drills.worst,
      align: 'right',
      minor: true,
      cell: (row) =>
        row.worst === undefined ? <span className="quiet">–</span> : valueWords(row.check.metric, row.worst),
    },
    {
      key: 'held',
      title: t.drills.state,
      cell: (row) =>
        row.held === undefined ? (
          <Badge tone="idle">{t.drills.unknown}</Badge>
        ) : (
          <>
            <Badge tone={row.held ? 'ok' : 'bad'}>{row.held ? t.drills.holds : t.drills.fails}</Badge>
            {row.trueAfterMs !== undefined && (
              <span className="quiet"> {t.drills.cameTrue((row.trueAfterMs / 1000).toFixed(1))}</span>
            )}
          </>
        ),
    },
  ];
  return (
    <DataTable
      label={t.drills.checks}
      columns={columns}
      rows={measures}
      rowKey={(row) => `${row.of} ${row.index} ${row.phase}`}
      empty={null}
    />
  );
}
