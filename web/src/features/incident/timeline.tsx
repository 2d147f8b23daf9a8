import type { IncidentEntry, Push } from '@sluice/protocol';
import { Button } from 'antd';
import { useState } from 'react';
import { useIncidentText } from '../../lib/i18n/incident/incident-texts.ts';
import { Moment } from '../../ui/age.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { EntryDiff, hasDiff } from './entry-diff.tsx';
import { What, Where } from './entry-words.tsx';
import styles from './incident.module.css';
import { Undo } from './undo.tsx';

interface Props {
  readonly env: string;
  readonly entries: readonly IncidentEntry[];
  readonly pushes: readonly Push[];
}

/** One line an entry: when, what, where, who, how many, the diff, and the way back. */
export function Timeline({ env, entries, pushes }: Props) {
  const t = useIncidentText();
  const [open, setOpen] = useState<string>();
  const byId = new Map(pushes.map((push) => [push.id, push]));
  const pushOf = ({ marker }: IncidentEntry): Push | undefined =>
    marker.kind === 'push' && marker.pushId !== undefined ? byId.get(marker.pushId) : undefined;
  const columns: Column<IncidentEntry>[] = [
    {
      key: 'at',
      title: t.changes.at,
      width: '92px',
      cell: ({ marker }) => <Moment at={marker.at} short />,
    },
    { key: 'what', title: t.changes.what, cell: (entry) => <What entry={entry} /> },
    {
      key: 'where',
      title: t.changes.where,
      cell: (entry) => <Where env={env} entry={entry} push={pushOf(entry)} />,
    },
    { key: 'who', title: t.changes.who, cell: ({ marker }) => ('by' in marker ? marker.by : '–') },
    {
      key: 'why',
      title: t.changes.why,
      minor: true,
      cell: ({ marker }) =>
        marker.kind === 'push' ? marker.message || '–' : 'reason' in marker ? String(marker.reason) : '–',
    },
    {
      key: 'n',
      title: t.incident.instances,
      align: 'right',
      cell: (entry) => instancesOf(entry, pushOf(entry)) ?? '–',
    },
    {
      key: 'acts',
      title: <span className="visually-hidden">{t.incident.undo}</span>,
      align: 'right',
      cell: (entry) => (
        <span className={styles.acts}>
          {hasDiff(entry) && (
            <Button
              size="small"
              aria-expanded={open === keyOf(entry)}
              onClick={() => setOpen(open === keyOf(entry) ? undefined : keyOf(entry))}
            >
              {open === keyOf(entry) ? t.incident.hideDiff : t.incident.showDiff}
            </Button>
          )}
          <Undo env={env} entry={entry} push={pushOf(entry)} />
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t.incident.timeline}
      rows={entries}
      rowKey={keyOf}
      columns={columns}
      tone={({ marker }) => (marker.kind === 'breaker' && marker.to === 'open' ? 'bad' : undefined)}
      detail={(entry) =>
        open === keyOf(entry) ? (
          <div className={styles.detail}>
            <EntryDiff env={env} entry={entry} push={pushOf(entry)} />
          </div>
        ) : undefined
      }
      empty={<Empty title={t.incident.none}>{t.incident.noneHint}</Empty>}
    />
  );
}

const keyOf = (entry: IncidentEntry): string => JSON.stringify([entry.app, entry.resource, entry.marker]);

function instancesOf(entry: IncidentEntry, push: Push | undefined): string | undefined {
  if (entry.instances !== undefined) return String(entry.instances);
  return push && push.verdict.targets > 0 ? `${push.verdict.holding}/${push.verdict.targets}` : undefined;
}
