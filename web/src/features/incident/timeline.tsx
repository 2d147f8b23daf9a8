import type { IncidentEntry, Push } from '@sluice/protocol';
import { Button } from 'antd';
import { useState } from 'react';
import { useIncidentText } from '../../lib/i18n/incident/incident-texts.ts';
import { Moment } from '../../ui/age.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { EntryDiff, hasDiff } from './entry-diff.tsx';
import { What, Where, Why } from './entry-words.tsx';
import { folded, type TimelineLine } from './folded.ts';
import styles from './incident.module.css';
import { Undo } from './undo.tsx';

interface Props {
  readonly env: string;
  readonly entries: readonly IncidentEntry[];
  readonly pushes: readonly Push[];
}

/** One line an entry: when, what, where, who, how many, the diff, and the way back; turns of a breaker are folded. */
export function Timeline({ env, entries, pushes }: Props) {
  const t = useIncidentText();
  const [open, setOpen] = useState<string>();
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const byId = new Map(pushes.map((push) => [push.id, push]));
  const pushOf = ({ marker }: IncidentEntry): Push | undefined =>
    marker.kind === 'push' && marker.pushId !== undefined ? byId.get(marker.pushId) : undefined;
  const rows = folded(entries).flatMap((line): TimelineLine[] =>
    unfolded.has(keyOf(line)) ? [line, ...line.older.map((entry) => ({ entry, older: [] }))] : [line],
  );
  const toggle = (line: TimelineLine): void => {
    const next = new Set(unfolded);
    if (!next.delete(keyOf(line))) next.add(keyOf(line));
    setUnfolded(next);
  };
  const columns: Column<TimelineLine>[] = [
    {
      key: 'at',
      title: t.changes.at,
      width: '92px',
      cell: ({ entry }) => <Moment at={entry.marker.at} short />,
    },
    { key: 'what', title: t.changes.what, cell: ({ entry }) => <What entry={entry} /> },
    {
      key: 'where',
      title: t.changes.where,
      cell: ({ entry }) => <Where env={env} entry={entry} push={pushOf(entry)} />,
    },
    {
      key: 'who',
      title: t.changes.who,
      whole: true,
      cell: ({ entry: { marker } }) => ('by' in marker ? marker.by : '–'),
    },
    {
      key: 'why',
      title: t.changes.why,
      cell: ({ entry, older }) => <Why entry={entry} older={older} push={pushOf(entry)} />,
    },
    {
      key: 'n',
      title: t.incident.instances,
      minor: true,
      align: 'right',
      cell: ({ entry }) => instancesOf(entry, pushOf(entry)) ?? '–',
    },
    {
      key: 'acts',
      title: <span className="visually-hidden">{t.incident.undo}</span>,
      align: 'right',
      cell: (line) => (
        <span className={styles.acts}>
          {line.older.length > 0 && (
            <Button size="small" aria-expanded={unfolded.has(keyOf(line))} onClick={() => toggle(line)}>
              {unfolded.has(keyOf(line)) ? t.incident.hideTurns : t.incident.showTurns(line.older.length + 1)}
            </Button>
          )}
          {hasDiff(line.entry) && (
            <Button
              size="small"
              aria-expanded={open === keyOf(line)}
              onClick={() => setOpen(open === keyOf(line) ? undefined : keyOf(line))}
            >
              {open === keyOf(line) ? t.incident.hideDiff : t.incident.showDiff}
            </Button>
          )}
          <Undo env={env} entry={line.entry} push={pushOf(line.entry)} />
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t.incident.timeline}
      rows={rows}
      rowKey={keyOf}
      columns={columns}
      tone={({ entry: { marker } }) =>
        marker.kind === 'breaker' && marker.to === 'open' ? 'bad' : undefined
      }
      detail={(line) =>
        open === keyOf(line) ? (
          <div className={styles.detail}>
            <EntryDiff env={env} entry={line.entry} push={pushOf(line.entry)} />
          </div>
        ) : undefined
      }
      empty={<Empty title={t.incident.none}>{t.incident.noneHint}</Empty>}
    />
  );
}

const keyOf = ({ entry }: TimelineLine): string => JSON.stringify([entry.app, entry.resource, entry.marker]);

function instancesOf(entry: IncidentEntry, push: Push | undefined): string | undefined {
  if (entry.instances !== undefined) return String(entry.instances);
  return push && push.verdict.targets > 0 ? `${push.verdict.holding}/${push.verdict.targets}` : undefined;
}
