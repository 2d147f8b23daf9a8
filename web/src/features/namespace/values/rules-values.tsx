import { type Json, type RulesContent, sameData } from '@sluice/core';
import type { Rule } from '@sluice/protocol';
import { Input } from 'antd';
import { useState } from 'react';
import { useText } from '../../../lib/i18n/language.ts';
import { Action } from '../../../ui/action.tsx';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Section } from '../../../ui/page.tsx';
import { useNamespace } from '../namespace-context.ts';
import { DraftCell } from './draft-cell.tsx';
import { LiveCell } from './live-cell.tsx';
import { rowsOf, type ValueRow, withEntry, withoutEntry } from './rows.ts';
import { RuleEditor } from './rule-editor.tsx';
import { ValueCell } from './value-cell.tsx';
import styles from './values.module.css';

interface Props {
  readonly content: RulesContent;
  readonly q: string | undefined;
  readonly setQ: (q: string | undefined) => void;
}

type Row = ValueRow<Json>;

const modeTone: Readonly<Record<Rule['mode'], Tone>> = { off: 'idle', monitor: 'busy', intercept: 'accent' };

/** Rules of a namespace, one a row; each is edited as JSON and checked while it is typed. */
export function RulesValues({ content, q, setQ }: Props) {
  const t = useText();
  const { namespace, draft, mayEdit } = useNamespace();
  const [open, setOpen] = useState<string>();
  const target = namespace.target?.kind === 'rules' ? namespace.target.items : {};
  const rows = rowsOf<Json>(target, content.items).filter(
    (row) =>
      q === undefined ||
      `${row.key} ${JSON.stringify(row.draft ?? row.target)}`.toLowerCase().includes(q.toLowerCase()),
  );
  const short = (value: Json): string => {
    const rule = value as unknown as Rule;
    return `${t.values.modes[rule.mode]} · ${detailOf(rule)}`;
  };
  const summary = (value: Json | undefined) => (
    <ValueCell value={value === undefined ? undefined : short(value)} />
  );
  const columns: Column<Row>[] = [
    {
      key: 'id',
      title: t.values.rule,
      width: '22%',
      cell: (row) => {
        const rule = (row.draft ?? row.target) as unknown as Rule;
        return (
          <>
            <div className={styles.key}>{row.key}</div>
            <div className={styles.description}>
              {rule.description ?? `${rule.kind} · ${rule.resource.value}`}
            </div>
          </>
        );
      },
    },
    {
      key: 'mode',
      title: t.values.mode,
      cell: (row) => {
        const rule = (row.draft ?? row.target) as unknown as Rule;
        return <Badge tone={modeTone[rule.mode]}>{t.values.modes[rule.mode]}</Badge>;
      },
    },
    {
      key: 'live',
      title: t.values.live,
      cell: (row) => <LiveCell itemKey={row.key} target={row.target} summary={short} />,
    },
    { key: 'target', title: t.values.target, cell: (row) => summary(row.target) },
    {
      key: 'draft',
      title: t.values.draft,
      cell: (row) => (
        <DraftCell
          itemKey={row.key}
          changed={!sameData(row.target, row.draft)}
          removed={row.draft === undefined}
          blocked={mayEdit.reason}
          open={open === row.key}
          toggle={() => setOpen(row.key)}
        >
          {summary(row.draft)}
        </DraftCell>
      ),
    },
  ];
  return (
    <Section
      flush
      title={t.values.rules(rows.length)}
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
            {t.values.addRule}
          </Action>
        </>
      }
    >
      <DataTable
        label={t.values.rules(rows.length)}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        tone={(row) => (sameData(row.target, row.draft) ? undefined : 'current')}
        virtual
        empty={
          q ? (
            <Empty title={t.common.nothingMatches(q)} />
          ) : (
            <Empty title={t.values.noRule}>{t.values.noRuleHint}</Empty>
          )
        }
      />
      {open !== undefined && (
        <RuleEditor
          key={open}
          {...(open !== '' && { ruleId: open, value: (content.items[open] ?? target[open])! })}
          taken={Object.keys(content.items)}
          onApply={(key, value) => {
            draft.edit(withEntry(content, key, value));
            setOpen(undefined);
          }}
          {...(open !== '' &&
            Object.hasOwn(content.items, open) && {
              onRemove: () => {
                draft.edit(withoutEntry(content, open));
                setOpen(undefined);
              },
            })}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Section>
  );
}

/** The numbers of a rule that people compare. */
function detailOf(rule: Rule): string {
  switch (rule.kind) {
    case 'limit':
      return rule.algorithm === 'concurrency'
        ? `${rule.algorithm} ${rule.max}`
        : `${rule.algorithm} ${rule.limit}`;
    case 'breaker':
      return `${rule.strategy} ${rule.threshold}`;
    case 'degrade':
      return rule.onBlock.answer;
    case 'system':
      return `${rule.signal} ${rule.threshold}`;
    case 'access':
      return `${rule.effect} ${rule.by}`;
    case 'fault':
      return `${rule.fault} ${rule.perMillion / 10_000} %`;
    case 'script':
      return rule.role;
  }
}
