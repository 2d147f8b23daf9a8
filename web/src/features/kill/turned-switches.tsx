import type { KillSwitchState } from '@sluice/protocol';
import { useText } from '../../lib/i18n/language.ts';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/page.tsx';
import { togglesOn } from './kill-state.ts';

interface Props {
  readonly environment: string;
  readonly items: readonly KillSwitchState[];
}

/** Every switch that was ever turned here: what is on, who turned it when, and why. */
export function TurnedSwitches({ environment, items }: Props) {
  const t = useText();
  return (
    <Section flush title={t.kill.turned}>
      <DataTable
        label={t.kill.turned}
        rows={items}
        rowKey={(row) => row.app ?? ''}
        empty={<p style={{ padding: '10px 14px' }}>{t.kill.never}</p>}
        columns={[
          {
            key: 'scope',
            title: t.kill.scope,
            cell: (row) => (row.app === undefined ? t.kill.whole(environment) : t.kill.onlyApp(row.app)),
          },
          {
            key: 'on',
            title: t.instances.state,
            cell: (row) => {
              const on = togglesOn(row);
              return on.length === 0 ? (
                <Badge tone="idle">{t.kill.off}</Badge>
              ) : (
                <Badge tone="bad" sign="●">
                  {on.map((each) => t.kill.toggles[each]).join(t.common.comma)}
                </Badge>
              );
            },
          },
          { key: 'who', title: t.changes.who, cell: (row) => row.by },
          { key: 'when', title: t.changes.at, cell: (row) => <Age at={row.at} /> },
          { key: 'why', title: t.changes.why, cell: (row) => row.reason },
        ]}
      />
    </Section>
  );
}
