import { Link } from '@tanstack/react-router';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { PushStateBadge } from '../../../parts/push-state-badge.tsx';
import { TimeLeft } from '../../../parts/time-left.tsx';
import { keysIn } from '../../../parts/use-layers.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { Section } from '../../../ui/page.tsx';
import { useNamespace } from '../namespace-context.ts';

/** Layers in force besides the global one: which keys, for how many, how long. */
export function LayersInForce() {
  const t = useDeliveryText();
  const { place, layers } = useNamespace();
  if (layers.length === 0) return null;
  return (
    <Section flush title={t.layers.title}>
      <DataTable
        label={t.layers.title}
        rows={layers}
        rowKey={(row) => row.id}
        empty={null}
        columns={[
          {
            key: 'keys',
            title: t.diff.key,
            cell: (row) => (
              <Link
                to="/environments/$env/apps/$app/pushes/$push"
                params={{ env: place.env, app: place.app, push: row.id }}
              >
                {keysIn(row, place.ns).filter(Boolean).join(t.common.comma) || t.layers.whole}
              </Link>
            ),
          },
          {
            key: 'who',
            title: t.push.mode,
            cell: (row) => (
              <>
                {t.layers.in[row.mode]} {t.layers.on(row.verdict.targets)}
                {row.target.mode === 'group' && <code> {row.target.group}</code>}
                {row.target.mode === 'single' && <code> {row.target.instanceId}</code>}
              </>
            ),
          },
          {
            key: 'state',
            title: t.push.stateTitle,
            cell: (row) => <PushStateBadge push={row} />,
          },
          {
            key: 'left',
            title: t.timeBox.label,
            cell: (row) =>
              row.expiresAt === undefined ? (
                <span className="quiet">{t.timeBox.none}</span>
              ) : (
                <TimeLeft until={row.expiresAt} />
              ),
          },
          { key: 'by', title: t.changes.who, minor: true, cell: (row) => row.createdBy },
        ]}
      />
    </Section>
  );
}
