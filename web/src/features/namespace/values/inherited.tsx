import { type Content, type Item, type Json, type MapContent, takenAway } from '@sluice/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { ItemEditor } from '../../../parts/item/item-editor.tsx';
import { entryText } from '../../../parts/plan/plan-changes.tsx';
import { Action } from '../../../ui/action.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { Section } from '../../../ui/page.tsx';
import { Row, Stack } from '../../../ui/stack.tsx';
import { FirstRelease } from '../first-release.tsx';
import { useNamespace } from '../namespace-context.ts';
import { type InheritedRow, inheritedRows } from './inherited-rows.ts';
import { LiveCell } from './live-cell.tsx';
import { withEntry, withoutEntry } from './rows.ts';
import styles from './values.module.css';

const looks = {
  inherited: { tone: 'idle', sign: '↳' },
  overridden: { tone: 'accent', sign: '✎' },
  removed: { tone: 'warn', sign: '−' },
} as const;

/** What comes from a public namespace, key by key: inherited, overridden or removed here, with the way to each. */
export function InheritedValues({ q }: { readonly q: string | undefined }) {
  const t = useDeliveryText();
  const { place, namespace, draft, mayEdit, mayPublish } = useNamespace();
  const [open, setOpen] = useState<string>();
  const [isFirst, setFirst] = useState(false);
  const { link, inherited } = namespace;
  if (!link) return null;
  const { content } = draft;
  const words = {
    inherited: t.links.isInherited,
    overridden: t.links.isOverridden,
    removed: t.links.isRemoved,
  };
  const rows = (inherited ? inheritedRows(inherited, content) : []).filter(
    (row) =>
      q === undefined || `${row.key} ${JSON.stringify(row.value)}`.toLowerCase().includes(q.toLowerCase()),
  );
  const put = (next: Content): void => {
    draft.edit(next);
    setOpen(undefined);
  };
  const columns: Column<InheritedRow>[] = [
    {
      key: 'key',
      title: t.diff.key,
      width: '22%',
      cell: (row) => <div className={styles.key}>{row.key}</div>,
    },
    {
      key: 'live',
      title: t.values.live,
      width: '18%',
      cell: (row) => <LiveCell itemKey={row.key} target={targetOf(row, namespace.target)} />,
    },
    {
      key: 'public',
      title: t.links.publicValue,
      width: '18%',
      cell: (row) => <code className={styles.value}>{entryText(row.value)}</code>,
    },
    { key: 'from', title: t.links.from, minor: true, cell: (row) => <Home {...row.from} env={place.env} /> },
    {
      key: 'here',
      title: t.links.here,
      cell: (row) => <Badge {...looks[row.here]}>{words[row.here]}</Badge>,
    },
    {
      key: 'acts',
      title: <span className="visually-hidden">{t.links.override}</span>,
      align: 'right',
      cell: (row) => (
        <Row end>
          {row.here === 'inherited' ? (
            <>
              <Action
                size="small"
                blocked={mayEdit.reason}
                aria-label={t.links.overrideKey(row.key)}
                onClick={() =>
                  content.kind === 'map'
                    ? setOpen(open === row.key ? undefined : row.key)
                    : put(withEntry(content, row.key, row.value))
                }
              >
                {t.links.override}
              </Action>
              <Action
                size="small"
                blocked={mayEdit.reason}
                onClick={() => put(withEntry(content, row.key, takenAway))}
              >
                {t.links.remove}
              </Action>
            </>
          ) : (
            <Action
              size="small"
              blocked={mayEdit.reason}
              aria-label={t.links.takeBackKey(row.key)}
              onClick={() => put(withoutEntry(content, row.key))}
            >
              {t.links.takeBack}
            </Action>
          )}
        </Row>
      ),
    },
  ];
  return (
    <Section
      flush
      title={t.links.inherited(rows.length)}
      aside={
        <span>
          {t.links.from} <Home {...link} env={place.env} />
        </span>
      }
    >
      <Stack gap={0}>
        {!namespace.live && (
          <div style={{ padding: 14 }}>
            <Notice
              tone="warn"
              action={
                <Action
                  size="small"
                  type="primary"
                  blocked={mayPublish.reason}
                  onClick={() => setFirst(true)}
                >
                  {t.links.first}
                </Action>
              }
            >
              {t.links.notLive}
            </Notice>
          </div>
        )}
        <DataTable
          label={t.links.inherited(rows.length)}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.key}
          virtual
          detail={(row) =>
            open === row.key && (
              <ItemEditor
                key={row.key}
                itemKey={row.key}
                {...(!isSecret(row.value) && { item: row.value as unknown as Item })}
                onApply={(key, item) => put(withEntry(content as MapContent, key, item))}
                onCancel={() => setOpen(undefined)}
              />
            )
          }
          empty={<Empty title={q ? t.common.nothingMatches(q) : t.links.nothingThere} />}
        />
      </Stack>
      {isFirst && <FirstRelease onClose={() => setFirst(false)} />}
    </Section>
  );
}

/** A secret can't be copied: an override of it is written anew. */
const isSecret = (entry: Json): boolean => (entry as { secret?: unknown } | null)?.secret === true;

/** What everybody should hold of an inherited key, by what is live here. */
function targetOf({ key, value }: InheritedRow, live: Content | undefined): Json | undefined {
  const own = live && live.kind !== 'document' ? (live.items as Readonly<Record<string, Json>>) : undefined;
  if (!own) return undefined;
  const entry = Object.hasOwn(own, key) ? own[key] : value;
  const item = entry as { value?: Json; removed?: boolean } | null | undefined;
  if (item?.removed === true) return undefined;
  return live?.kind === 'map' ? item?.value : entry;
}

interface HomeProps {
  readonly env: string;
  readonly app: string;
  readonly namespace: string;
}

function Home({ env, app, namespace }: HomeProps) {
  return (
    <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns: namespace }}>
      {app} / {namespace}
    </Link>
  );
}
