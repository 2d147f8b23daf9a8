import { contracts, type Drill, type DrillComparison } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Moment } from '../../ui/age.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/page.tsx';

const tones: Readonly<Record<FigureRow['change'], Tone>> = {
  better: 'ok',
  worse: 'bad',
  same: 'idle',
  unknown: 'idle',
};

type FigureRow = DrillComparison['figures'][number];

/** Beside the last run of the same title; nothing where there is none. */
export function Comparison({
  env,
  app,
  drill,
}: {
  readonly env: string;
  readonly app: string;
  readonly drill: Drill;
}) {
  const t = useDrillsText();
  const language = useLanguage();
  const comparison = useQuery({
    ...read(contracts.compareDrills, { params: { env, app, drill: drill.drillId } }),
    retry: false,
  });
  if (!comparison.data) return null;
  const { figures, with: earlier } = comparison.data;
  const columns: Column<FigureRow>[] = [
    { key: 'figure', title: t.drills.figure, cell: (row) => row.text[language] },
    { key: 'before', title: t.drills.before, align: 'right', cell: (row) => shown(row.before) },
    { key: 'now', title: t.drills.nowColumn, align: 'right', cell: (row) => shown(row.now) },
    {
      key: 'change',
      title: t.drills.state,
      cell: (row) => <Badge tone={tones[row.change]}>{t.drills.changes[row.change]}</Badge>,
    },
  ];
  return (
    <Section
      flush
      title={t.drills.compare}
      aside={
        <span className="quiet">
          {earlier.title} · {earlier.startedAt && <Moment at={earlier.startedAt} />}
        </span>
      }
    >
      <DataTable
        label={t.drills.compare}
        columns={columns}
        rows={figures}
        rowKey={(row) => row.figure}
        empty={null}
      />
    </Section>
  );
}

const shown = (value: number | undefined): string =>
  value === undefined ? '–' : String(Math.round(value * 1000) / 1000);
