import type { ChangeKind, contracts, ResponseOf } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useText } from '../lib/i18n/language.ts';
import { Age, Moment } from '../ui/age.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Empty } from '../ui/empty.tsx';

export type Change = ResponseOf<typeof contracts.listChanges>['items'][number];

/** How each kind of release looks, wherever it is listed. */
export const changeLook: Readonly<Record<ChangeKind, { readonly tone: Tone; readonly sign: string }>> = {
  publish: { tone: 'accent', sign: '↑' },
  rollback: { tone: 'warn', sign: '↺' },
  import: { tone: 'accent', sign: '⇤' },
  delete: { tone: 'bad', sign: '✕' },
  promote: { tone: 'accent', sign: '⇈' },
  layer: { tone: 'busy', sign: '◔' },
  step: { tone: 'busy', sign: '→' },
  cohort: { tone: 'idle', sign: '⇄' },
  abandon: { tone: 'warn', sign: '↩' },
  linked: { tone: 'accent', sign: '⇔' },
  expire: { tone: 'idle', sign: '◷' },
};

interface Props {
  readonly env: string;
  readonly changes: readonly Change[];
  readonly brief?: boolean;
  /** Not all changes are meant, so that there may be none among them. */
  readonly filtered?: boolean;
}

/** What changed for instances, newest first: when, where, what, who, why. */
export function ChangesTable({ env, changes, brief = false, filtered = false }: Props) {
  const t = useText();
  const columns: Column<Change>[] = [
    {
      key: 'at',
      title: t.changes.at,
      width: brief ? '96px' : '160px',
      cell: (row) => (brief ? <Age at={row.at} /> : <Moment at={row.at} />),
    },
    {
      key: 'kind',
      title: t.changes.what,
      cell: (row) => (
        <Badge tone={changeLook[row.kind].tone} sign={changeLook[row.kind].sign}>
          {t.changes.kind[row.kind]}
          {row.release !== undefined && ` ${row.release}`}
        </Badge>
      ),
    },
    {
      key: 'where',
      title: t.changes.where,
      cell: (row) =>
        row.kind === 'delete' ? (
          <span>
            {row.app} / {row.namespace}
          </span>
        ) : (
          <Link
            to="/environments/$env/apps/$app/namespaces/$ns/history"
            params={{ env, app: row.app, ns: row.namespace }}
            search={{ release: row.release === undefined ? undefined : String(row.release) }}
          >
            {row.app} / {row.namespace}
          </Link>
        ),
    },
    {
      key: 'why',
      title: t.changes.why,
      minor: brief,
      cell: (row) => row.message || <span className="quiet">–</span>,
    },
    { key: 'who', title: t.changes.who, whole: true, cell: (row) => row.actor },
    ...(brief
      ? []
      : [
          {
            key: 'push',
            title: t.changes.push,
            cell: (row: Change) =>
              row.pushId === undefined ? (
                <span className="quiet">–</span>
              ) : (
                <Link
                  to="/environments/$env/apps/$app/pushes/$push"
                  params={{ env, app: row.app, push: row.pushId }}
                >
                  {t.changes.whoHasIt}
                </Link>
              ),
          },
          {
            key: 'revision',
            title: t.changes.revision,
            align: 'right' as const,
            minor: true,
            cell: (row: Change) => row.revision,
          },
        ]),
  ];
  return (
    <DataTable
      label={t.shell.changes}
      columns={columns}
      rows={changes}
      rowKey={(row) => `${row.revision} ${row.app} ${row.namespace}`}
      empty={
        filtered ? (
          <Empty title={t.changes.noneSuch} />
        ) : (
          <Empty title={t.changes.none}>{t.changes.noneHint}</Empty>
        )
      }
    />
  );
}
