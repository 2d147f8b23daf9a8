import { type Item, type MapContent, maskedAsLive } from '@sluice/core';
import { Input } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { ItemEditor } from '../../../parts/item/item-editor.tsx';
import { Action } from '../../../ui/action.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Section } from '../../../ui/page.tsx';
import { useNamespace } from '../namespace-context.ts';
import { DraftCell } from './draft-cell.tsx';
import { givenOnly } from './inherited-rows.ts';
import { LiveCell } from './live-cell.tsx';
import { rowsOf, type ValueRow, withEntry, withoutEntry } from './rows.ts';
import { SecretCell } from './secret-cell.tsx';
import { ValueCell } from './value-cell.tsx';
import styles from './values.module.css';

interface Props {
  readonly content: MapContent;
  readonly q: string | undefined;
  readonly setQ: (q: string | undefined) => void;
}

type Row = ValueRow<Item>;

/** Items of a `map`, one a row: live, target and draft side by side, edited in place. */
export function MapValues({ content, q, setQ }: Props) {
  const t = useDeliveryText();
  const { namespace, draft, mayEdit } = useNamespace();
  const [open, setOpen] = useState<string>();
  const target = namespace.target?.kind === 'map' ? namespace.target.items : {};
  const changedKeys = new Set(
    draft.diff.of === 'items' ? draft.diff.changes.map((change) => change.key) : [],
  );
  const sameEntry = (row: Row): boolean => !changedKeys.has(row.key);
  const rows = rowsOf(givenOnly(target), givenOnly(content.items)).filter((row) => matches(q, row));

  const set = (key: string, item: Item): void => {
    draft.edit(withEntry(content, key, item));
    setOpen(undefined);
  };
  const remove = (key: string): void => {
    draft.edit(withoutEntry(content, key));
    setOpen(undefined);
  };
  const columns: Column<Row>[] = [
    {
      key: 'key',
      title: t.diff.key,
      width: '24%',
      cell: (row) => (
        <>
          <div className={styles.key}>{row.key}</div>
          {(row.draft ?? row.target)?.description && (
            <div className={styles.description}>{(row.draft ?? row.target)?.description}</div>
          )}
        </>
      ),
    },
    {
      key: 'type',
      title: t.values.type,
      minor: true,
      cell: (row) => <TypeCell item={row.draft ?? row.target} />,
    },
    {
      key: 'live',
      title: t.values.live,
      width: '20%',
      cell: (row) => <LiveCell itemKey={row.key} target={row.target?.value} />,
    },
    {
      key: 'target',
      title: t.values.target,
      width: '20%',
      cell: (row) =>
        row.target?.secret ? (
          <SecretCell itemKey={row.key} of="live" />
        ) : (
          <ValueCell value={row.target?.value} />
        ),
    },
    {
      key: 'draft',
      title: t.values.draft,
      width: '22%',
      cell: (row) => (
        <DraftCell
          itemKey={row.key}
          changed={!sameEntry(row)}
          removed={row.draft === undefined}
          blocked={mayEdit.reason}
          open={open === row.key}
          toggle={() => setOpen(open === row.key ? undefined : row.key)}
        >
          <ValueCell value={row.draft?.value} strong={!sameEntry(row)} />
        </DraftCell>
      ),
    },
  ];
  return (
    <Section
      flush
      title={t.values.items(rows.length)}
      aside={
        <>
          <Input
            allowClear
            aria-label={t.values.filter}
            placeholder={t.values.filter}
            style={{ width: 220 }}
            value={q ?? ''}
            onChange={(event) => setQ(event.target.value || undefined)}
          />
          <Action blocked={mayEdit.reason} onClick={() => setOpen('')}>
            {t.values.addItem}
          </Action>
        </>
      }
    >
      {open === '' && (
        <div style={{ padding: 14, borderBottom: '1px solid var(--line)', background: 'var(--surface-2)' }}>
          <ItemEditor taken={Object.keys(content.items)} onApply={set} onCancel={() => setOpen(undefined)} />
        </div>
      )}
      <DataTable
        label={t.values.items(rows.length)}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        tone={(row) => (sameEntry(row) ? undefined : 'current')}
        virtual
        detail={(row) =>
          open === row.key && (
            <ItemEditor
              key={row.key}
              itemKey={row.key}
              {...((row.draft ?? row.target) && { item: (row.draft ?? row.target)! })}
              onApply={set}
              onCancel={() => setOpen(undefined)}
              {...(row.draft && { onRemove: () => remove(row.key) })}
              {...(row.target && !sameEntry(row) && { onRevert: () => set(row.key, asLive(row.target!)) })}
            />
          )
        }
        empty={
          q ? (
            <Empty title={t.common.nothingMatches(q)} />
          ) : (
            <Empty title={t.values.noItem}>{t.values.noItemHint}</Empty>
          )
        }
      />
    </Section>
  );
}

/** Of a secret the mask alone would mean the draft's own. */
const asLive = (item: Item): Item => (item.secret ? { ...item, value: maskedAsLive } : item);

const matches = (q: string | undefined, row: Row): boolean =>
  q === undefined ||
  `${row.key} ${JSON.stringify(row.target?.value)} ${JSON.stringify(row.draft?.value)} ${row.draft?.description ?? ''}`
    .toLowerCase()
    .includes(q.toLowerCase());

function TypeCell({ item }: { readonly item: Item | undefined }) {
  const t = useDeliveryText();
  if (!item) return <Badge tone="idle">{t.diff.removed}</Badge>;
  const bounded = item.min !== undefined || item.max !== undefined;
  return (
    <span className="quiet">
      {item.type}
      {item.secret && ` · ${t.values.secret}`}
      {bounded && <span className="num"> {`${item.min ?? '−∞'}…${item.max ?? '∞'}`}</span>}
    </span>
  );
}
