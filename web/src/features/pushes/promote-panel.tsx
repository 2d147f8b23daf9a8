import { contracts, type Push } from '@sluice/protocol';
import { Checkbox, Radio } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { call } from '../../lib/transport.ts';
import { entryText } from '../../parts/plan/plan-changes.tsx';
import { conflictsOf, isGroupAhead, type PromoteConflict } from '../../parts/plan/refusal-details.ts';
import { useActPlan } from '../../parts/plan/use-act-plan.ts';
import { PlannedActPanel } from '../../parts/planned-act-panel.tsx';
import { type Choices, promoteWords } from '../../parts/promote-words.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Stack } from '../../ui/stack.tsx';

/** Gray becomes everyone's: who gets it now, by name, and, where both changed meanwhile, whose value stays. */
export function PromotePanel({ push, onClose }: { readonly push: Push; readonly onClose: () => void }) {
  const t = useDeliveryText();
  const [choices, setChoices] = useState<Choices>({});
  const [groupsWin, setGroupsWin] = useState(false);
  // Without a choice the server names all that needs one, however much of it is chosen already.
  const bare = useActPlan(push, { act: 'promote', groupsWin: true });
  const conflicts = bare.error?.code === 'merge_conflict' ? conflictsOf(bare.error) : [];
  const how = { groupsWin, ...(Object.keys(choices).length > 0 && { choices }) };
  const asked = { act: 'promote', ...how } as const;
  const plan = useActPlan(push, asked);
  const isGroupAsked = groupsWin || (plan.error !== null && isGroupAhead(plan.error));
  return (
    <PlannedActPanel
      push={push}
      asked={asked}
      options={() => promoteWords(how)}
      title={t.act.promoteTitle}
      text={t.act.promoteText}
      button={t.act.promoteButton}
      run={(message, hash, despite) =>
        call(contracts.promotePush, {
          params: { env: push.environment, app: push.app, push: push.id },
          body: { message, plan: hash, ...how, ...despite },
        })
      }
      choices={
        <>
          {conflicts.length > 0 && (
            <Stack gap={8}>
              <Notice tone="warn">{t.act.promoteConflict}</Notice>
              <ConflictTable conflicts={conflicts} choices={choices} choose={setChoices} />
            </Stack>
          )}
          {isGroupAsked && (
            <Checkbox checked={groupsWin} onChange={(event) => setGroupsWin(event.target.checked)}>
              {t.act.groupsWin}
            </Checkbox>
          )}
        </>
      }
      isTold={(problem) => problem.code === 'merge_conflict' && conflicts.length > 0}
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
  const t = useDeliveryText();
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
