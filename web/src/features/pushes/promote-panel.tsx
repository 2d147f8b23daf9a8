import { contracts, type Push } from '@sluice/protocol';
import { Checkbox, Radio } from 'antd';
import { useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { ActPanel } from '../../parts/act-panel.tsx';
import { entryText } from '../../parts/plan/plan-changes.tsx';
import { conflictsOf, isGroupAhead, type PromoteConflict } from '../../parts/plan/refusal-details.ts';
import { StartProblem } from '../../parts/plan/start-problem.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Stack } from '../../ui/stack.tsx';

type Choices = Readonly<Record<string, Readonly<Record<string, 'gray' | 'global'>>>>;

/** Gray becomes everyone's: who gets it now, and, where both changed meanwhile, whose value stays. */
export function PromotePanel({ push, onClose }: { readonly push: Push; readonly onClose: () => void }) {
  const t = useText();
  const [choices, setChoices] = useState<Choices>({});
  const [groupsWin, setGroupsWin] = useState(false);
  const refused = (problem: Problem) => {
    if (problem.code === 'merge_conflict')
      return (
        <Stack gap={8}>
          <Notice tone="warn">{t.act.promoteConflict}</Notice>
          <ConflictTable conflicts={conflictsOf(problem)} choices={choices} choose={setChoices} />
        </Stack>
      );
    if (isGroupAhead(problem))
      return (
        <Stack gap={8}>
          <StartProblem env={push.environment} app={push.app} problem={problem} />
          <Checkbox checked={groupsWin} onChange={(event) => setGroupsWin(event.target.checked)}>
            {t.act.groupsWin}
          </Checkbox>
        </Stack>
      );
    return <StartProblem env={push.environment} app={push.app} problem={problem} />;
  };
  return (
    <ActPanel
      push={push}
      title={t.act.promoteTitle}
      text={t.act.promoteText}
      whoTitle={t.act.promoteWho}
      who={(targets, all) => all.filter((id) => !targets.has(id)).sort()}
      button={t.act.promoteButton}
      run={(message) =>
        call(contracts.promotePush, {
          params: { env: push.environment, app: push.app, push: push.id },
          body: { message, groupsWin, ...(Object.keys(choices).length > 0 && { choices }) },
        })
      }
      refused={refused}
      onClose={onClose}
    />
  );
}

interface TableProps {
  readonly conflicts: readonly PromoteConflict[];
  readonly choices: Choices;
  readonly choose: (choices: Choices) => void;
}

function ConflictTable({ conflicts, choices, choose }: TableProps) {
  const t = useText();
  const show = (entry: PromoteConflict['base']) => <code>{entryText(entry) ?? t.diff.nothing}</code>;
  return (
    <DataTable
      label={t.act.promoteConflict}
      rows={conflicts}
      rowKey={(row) => `${row.namespace} ${row.key}`}
      empty={<Empty title={t.diff.same} />}
      columns={[
        {
          key: 'key',
          title: t.diff.key,
          cell: (row) => <code>{row.key ? `${row.namespace}.${row.key}` : row.namespace}</code>,
        },
        { key: 'base', title: t.act.promoteBase, cell: (row) => show(row.base) },
        { key: 'gray', title: t.act.promoteGray, cell: (row) => show(row.yours) },
        { key: 'global', title: t.act.promoteGlobal, cell: (row) => show(row.theirs) },
        {
          key: 'choice',
          title: t.merge.take,
          cell: (row) => (
            <Radio.Group
              aria-label={t.merge.takeOf(row.key || row.namespace)}
              value={choices[row.namespace]?.[row.key]}
              onChange={(event) =>
                choose({
                  ...choices,
                  [row.namespace]: {
                    ...choices[row.namespace],
                    [row.key]: event.target.value as 'gray' | 'global',
                  },
                })
              }
              options={[
                { value: 'gray', label: t.act.promoteGray },
                { value: 'global', label: t.act.promoteGlobal },
              ]}
            />
          ),
        },
      ]}
    />
  );
}
