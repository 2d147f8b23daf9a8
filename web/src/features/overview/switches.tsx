import type { KillSwitchState } from '@sluice/protocol';
import { useText } from '../../lib/i18n/language.ts';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';

const toggles = ['freezePublishes', 'monitorOnly', 'endFaults'] as const;

/** What is on of a switch. */
export const onOf = (state: KillSwitchState) => toggles.filter((each) => state[each]);

/** Kill switches that are on: what, for whom, by whom, since when, who obeys. */
export function Switches({
  env,
  items,
}: {
  readonly env: string;
  readonly items: readonly KillSwitchState[];
}) {
  const t = useText();
  return (
    <DataTable
      label={t.overview.switches}
      rows={items.filter((each) => onOf(each).length > 0)}
      rowKey={(row) => row.app ?? ''}
      tone={() => 'bad'}
      empty={<Empty title={t.overview.noSwitch} />}
      columns={[
        {
          key: 'what',
          title: t.kill.open,
          cell: (row) => (
            <>
              <Badge tone="bad">
                {onOf(row)
                  .map((each) => t.kill.toggles[each])
                  .join(t.common.comma)}
              </Badge>{' '}
              {row.app === undefined ? t.kill.whole(env) : t.kill.onlyApp(row.app)}
              <div className="quiet">
                {t.kill.turnedBy(row.by)}, <Age at={row.at} /> · {row.reason}
              </div>
            </>
          ),
        },
        {
          key: 'acked',
          title: t.overview.holding,
          align: 'right',
          cell: (row) => `${row.acked}/${row.instances}`,
        },
      ]}
    />
  );
}
