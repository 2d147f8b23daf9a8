import { amount } from '../../../lib/amount.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { Section } from '../../../ui/page.tsx';
import type { Prediction } from './use-prediction.ts';

interface Props {
  readonly title: string;
  readonly parts: Prediction['byOrigin'];
}

/** Calls of each value of something, most blocked first. */
export function PartsTable({ title, parts }: Props) {
  const t = useGuardText();
  if (parts.length === 0) return null;
  return (
    <Section flush title={title}>
      <DataTable
        label={title}
        rows={parts}
        rowKey={(row) => row.value}
        empty={null}
        columns={[
          {
            key: 'value',
            title: t.prediction.value,
            cell: (row) =>
              row.value === '' ? (
                <span className="quiet">{t.prediction.none}</span>
              ) : (
                <code>{row.value}</code>
              ),
          },
          { key: 'calls', title: t.prediction.calls, align: 'right', cell: (row) => amount(row.calls) },
          {
            key: 'would',
            title: t.prediction.wouldBlock,
            align: 'right',
            cell: (row) => amount(row.wouldBlock),
          },
          {
            key: 'healthy',
            title: t.prediction.healthyCount,
            align: 'right',
            cell: (row) => amount(row.healthy),
          },
        ]}
      />
    </Section>
  );
}
