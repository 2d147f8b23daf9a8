import { type Json, type Rule, type RulesContent, sameData } from '@sluice/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Input } from 'antd';
import { useRef, useState } from 'react';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { ModeActions } from '../../../parts/rules/mode-actions.tsx';
import { ModeBadge } from '../../../parts/rules/mode-badge.tsx';
import { ModePanel } from '../../../parts/rules/mode-panel.tsx';
import { ruleResource } from '../../../parts/rules/rule-resource.ts';
import type { RuleDraft } from '../../../parts/rules/rule-value.ts';
import { sentenceOf } from '../../../parts/rules/sentence.ts';
import { ScriptStanding } from '../../../parts/scripts/script-standing.tsx';
import { spreadOf } from '../../../parts/spread.ts';
import { Action } from '../../../ui/action.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { Section } from '../../../ui/page.tsx';
import { Row } from '../../../ui/stack.tsx';
import { useNamespace } from '../namespace-context.ts';
import { DraftCell } from './draft-cell.tsx';
import { givenOnly } from './inherited-rows.ts';
import { LiveCell } from './live-cell.tsx';
import { rowsOf, type ValueRow, withEntry, withoutEntry } from './rows.ts';
import { RuleCell } from './rule-cell.tsx';
import { RuleEditor } from './rule-editor.tsx';
import styles from './values.module.css';

interface Props {
  readonly content: RulesContent;
  readonly q: string | undefined;
  readonly setQ: (q: string | undefined) => void;
}

type RuleRow = ValueRow<Json>;

const ruleOf = (row: RuleRow): Rule => (row.draft ?? row.target) as unknown as Rule;

/** Rules of a namespace, one a row, each as a sentence; opened for editing by a word of the address. */
export function RulesValues({ content, q, setQ }: Props) {
  const t = useDeliveryText();
  const g = useGuardText();
  const { place, namespace, live, draft, mayEdit, mayPublish } = useNamespace();
  const search = useSearch({ from: '/shell/environments/$env/apps/$app/namespaces/$ns/' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/namespaces/$ns' });
  const [adding, setAdding] = useState(false);
  const [switching, setSwitching] = useState<{ readonly key: string; readonly to: Rule['mode'] }>();
  const open = adding ? '' : search.rule;
  const edit = (rule: string | undefined): void => {
    setAdding(false);
    void navigate({ search: { ...search, rule }, resetScroll: false });
  };
  const target = namespace.target?.kind === 'rules' ? namespace.target.items : {};
  const all = rowsOf<Json>(givenOnly(target), givenOnly(content.items));
  const rows = all.filter(
    (row) =>
      q === undefined ||
      `${row.key} ${JSON.stringify(row.draft ?? row.target)}`.toLowerCase().includes(q.toLowerCase()),
  );
  const short = (value: Json): string => {
    const rule = value as RuleDraft;
    return `${g.modes[rule.mode as Rule['mode']] ?? ''} · ${sentenceOf(rule, g)}`;
  };
  /** Whether all instances hold what the release says, so that it need not be said twice. */
  const isLive = (row: RuleRow): boolean => {
    const [only, ...more] = live ? spreadOf(live, row.key) : [];
    return more.length === 0 && only?.known === true && sameData(only.value, row.target);
  };
  const columns: Column<RuleRow>[] = [
    {
      key: 'id',
      title: t.values.rule,
      width: '20%',
      cell: (row) => (
        <>
          <div className={styles.key}>{row.key}</div>
          <div className={styles.description}>
            {g.kinds[ruleOf(row).kind]} · <code>{ruleResource(ruleOf(row) as never)}</code>
          </div>
          {ruleOf(row).description && <div className={styles.description}>{ruleOf(row).description}</div>}
          {(row.target as unknown as Rule | undefined)?.kind === 'script' && (
            <ScriptStanding place={place} rule={`${namespace.name}/${row.key}`} />
          )}
        </>
      ),
    },
    { key: 'mode', title: t.values.mode, cell: (row) => <ModeBadge mode={ruleOf(row).mode} /> },
    {
      key: 'live',
      title: t.values.live,
      width: '28%',
      cell: (row) => (
        <LiveCell
          itemKey={row.key}
          target={row.target}
          summary={short}
          draw={(value) => <RuleCell value={value} />}
        />
      ),
    },
    {
      key: 'target',
      title: t.values.target,
      cell: (row) =>
        row.target !== undefined && isLive(row) ? (
          <span className={`quiet ${styles.same}`}>{t.values.asLive}</span>
        ) : (
          <RuleCell value={row.target} />
        ),
    },
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
          toggle={() => edit(row.key)}
        >
          {row.target !== undefined && sameData(row.target, row.draft) ? (
            <span className={`quiet ${styles.same}`}>{t.values.asTarget}</span>
          ) : (
            <RuleCell value={row.draft} />
          )}
        </DraftCell>
      ),
    },
    {
      key: 'actions',
      title: <span className="visually-hidden">{g.ruleList.actions}</span>,
      align: 'right',
      cell: (row) => {
        if (row.target === undefined) return null;
        return (
          <Row end>
            <ModeActions
              name={row.key}
              mode={(row.target as unknown as Rule).mode}
              blocked={mayPublish.reason}
              open={(to) => setSwitching({ key: row.key, to })}
            />
          </Row>
        );
      },
    },
  ];
  // Stays open when the rule is removed meanwhile: what was written of it is not to go with it.
  const opened = useRef<string>(undefined);
  const isKnown =
    open !== undefined && (open === '' || open === opened.current || all.some(({ key }) => key === open));
  opened.current = isKnown ? open : undefined;
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
          <Action blocked={mayEdit.reason} onClick={() => setAdding(true)}>
            {t.values.addRule}
          </Action>
        </>
      }
    >
      {open !== undefined && !isKnown && <Notice tone="warn">{g.ruleList.noSuch(open)}</Notice>}
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
      {isKnown && (
        <RuleEditor
          key={open}
          {...(open !== '' && { ruleId: open, value: content.items[open] ?? target[open] })}
          others={content.items}
          onApply={(key, value) => {
            draft.edit(withEntry(content, key, value));
            edit(undefined);
          }}
          {...(open !== '' &&
            Object.hasOwn(content.items, open) && {
              onRemove: () => {
                draft.edit(withoutEntry(content, open));
                edit(undefined);
              },
            })}
          onClose={() => edit(undefined)}
        />
      )}
      {switching && Object.hasOwn(target, switching.key) && (
        <ModePanel
          place={place}
          namespace={namespace}
          ruleId={switching.key}
          rule={target[switching.key] as unknown as Rule}
          to={switching.to}
          onClose={() => setSwitching(undefined)}
        />
      )}
    </Section>
  );
}
