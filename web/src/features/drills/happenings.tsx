import type { DrillEvent } from '@sluice/protocol';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { Moment } from '../../ui/age.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';

/** What happened, the newest first, with its second from the start. */
export function Happenings({ events }: { readonly events: readonly DrillEvent[] }) {
  const t = useDrillsText();
  const language = useLanguage();
  const columns: Column<DrillEvent>[] = [
    {
      key: 'after',
      title: '+ s',
      width: '80px',
      align: 'right',
      cell: (row) => (row.afterMs / 1000).toFixed(1),
    },
    {
      key: 'at',
      title: t.changes.at,
      width: '110px',
      minor: true,
      cell: (row) => <Moment at={row.at} short />,
    },
    { key: 'text', title: t.drills.timeline, cell: (row) => row.text[language] },
  ];
  return (
    <DataTable
      label={t.drills.timeline}
      columns={columns}
      rows={[...events].sort((a, b) => b.sequence - a.sequence)}
      rowKey={(row) => String(row.sequence)}
      empty={null}
      virtual
    />
  );
}
