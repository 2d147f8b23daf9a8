import type { ResourceDetail } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { amount } from '../../lib/amount.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { blockedOf } from '../../parts/traffic/chart-frame.ts';
import type { ResourcePlace } from '../../parts/traffic/resource-place.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/page.tsx';
import { Row } from '../../ui/stack.tsx';
import { BreakerBadge } from './breaker-badges.tsx';

interface Props {
  readonly place: ResourcePlace;
  readonly detail: ResourceDetail;
}

/** What each instance told of the last minute, and how its breakers are now. */
export function InstancesOfResource({ place: { env, app }, detail }: Props) {
  const t = useDeliveryText();
  const g = useGuardText();
  const perSec = (n: number): string => amount(n / (detail.minute?.seconds ?? 60));
  return (
    <Section flush title={g.resources.byInstance}>
      <DataTable
        label={g.resources.byInstance}
        virtual
        rows={detail.instances}
        rowKey={(row) => row.instanceId}
        tone={(row) => (row.breakers.some(({ state }) => state !== 'closed') ? 'bad' : undefined)}
        empty={<p style={{ padding: '10px 14px' }}>{g.resources.noInstance}</p>}
        columns={[
          {
            key: 'id',
            title: t.instances.instance,
            cell: (row) => (
              <Link
                to="/environments/$env/apps/$app/instances/$instance"
                params={{ env, app, instance: row.instanceId }}
                className="mono"
              >
                {row.instanceId}
              </Link>
            ),
          },
          {
            key: 'breakers',
            title: g.resources.breakers,
            cell: (row) =>
              row.breakers.length === 0 ? (
                <span className="quiet">{g.resources.allClosed}</span>
              ) : (
                <Row>
                  {row.breakers.map(({ rule, state }) => (
                    <span key={rule}>
                      <BreakerBadge state={state} /> <code>{rule}</code>
                    </span>
                  ))}
                </Row>
              ),
          },
          { key: 'rate', title: g.resources.rate, align: 'right', cell: (row) => perSec(row.passed) },
          {
            key: 'blocked',
            title: g.resources.blocked,
            align: 'right',
            cell: (row) => perSec(blockedOf(row)),
          },
          {
            key: 'would',
            title: g.resources.wouldBlock,
            align: 'right',
            cell: (row) => perSec(row.wouldBlock),
          },
          { key: 'errors', title: g.resources.errors, align: 'right', cell: (row) => amount(row.errors) },
          { key: 'active', title: g.resources.inFlight, align: 'right', cell: (row) => amount(row.active) },
        ]}
      />
    </Section>
  );
}
