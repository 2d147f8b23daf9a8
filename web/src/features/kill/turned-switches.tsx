import type { KillSwitchState } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/page.tsx';
import { togglesOn } from './kill-state.ts';

interface Props {
  readonly environment: string;
  readonly items: readonly KillSwitchState[];
}

/** Every switch that was ever turned here: what is on, who turned it when, and why, and who does not obey yet. */
export function TurnedSwitches({ environment, items }: Props) {
  const t = useDeliveryText();
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
      {items
        .filter((row) => togglesOn(row).length > 0 && (row.silent?.length ?? 0) > 0)
        .map((row) => (
          <Silent key={row.app ?? ''} environment={environment} state={row} />
        ))}
    </Section>
  );
}

/** Instances that have not said yet that they obey, by name; a press leads to each. */
function Silent({ environment, state }: { readonly environment: string; readonly state: KillSwitchState }) {
  const t = useDeliveryText();
  const silent = state.silent ?? [];
  const told = t.kill.silent(state.instances - state.acked, state.app ?? environment);
  const unnamed = state.instances - state.acked - silent.length;
  return (
    <div style={{ padding: '10px 14px' }}>
      <strong>{told}</strong>
      <ul aria-label={told}>
        {silent.map(({ app, instanceId }) => (
          <li key={`${app} ${instanceId}`}>
            <Link
              to="/environments/$env/apps/$app/instances/$instance"
              params={{ env: environment, app, instance: instanceId }}
              className="mono"
            >
              {instanceId}
            </Link>{' '}
            {state.app === undefined && <span className="quiet">{app}</span>}
          </li>
        ))}
      </ul>
      {unnamed > 0 && <span className="quiet">{t.kill.andMore(unnamed)}</span>}
    </div>
  );
}
