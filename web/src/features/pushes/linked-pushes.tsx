import type { Push } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useLinked } from '../../parts/linked.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';

type Linked = NonNullable<NonNullable<Push['linked']>['pushes']>[number];

const tones = { converged: 'ok', diverged: 'bad' } as const;

/** From where a push came to this app, and to which apps it went on. */
export function LinkedPushes({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const { environment: env } = push;
  const { through, linked } = useLinked(push);
  return (
    <>
      {through && (
        <Notice tone="idle">
          {t.links.through}{' '}
          <Link
            to="/environments/$env/apps/$app/pushes/$push"
            params={{ env, app: through.app, push: through.push }}
          >
            {through.app} / {through.namespaces.join(t.common.comma)}
          </Link>
        </Notice>
      )}
      {linked && (
        <Section
          flush
          title={t.links.others(linked.apps)}
          aside={t.links.othersHold(linked.holding ?? 0, linked.targets ?? 0)}
        >
          <DataTable<Linked>
            label={t.links.others(linked.apps)}
            rows={linked.pushes ?? []}
            rowKey={(row) => row.push}
            empty={
              <p className="quiet" style={{ padding: '0 14px' }}>
                {t.links.hidden(linked.apps)}
              </p>
            }
            columns={[
              {
                key: 'app',
                title: t.links.app,
                cell: (row) => (
                  <Link
                    to="/environments/$env/apps/$app/pushes/$push"
                    params={{ env, app: row.app, push: row.push }}
                  >
                    {row.app}
                  </Link>
                ),
              },
              {
                key: 'namespace',
                title: t.links.namespace,
                cell: (row) => row.namespaces.join(t.common.comma),
              },
              {
                key: 'state',
                title: t.links.verdict,
                cell: (row) => (
                  <Badge tone={tones[row.state as keyof typeof tones] ?? 'busy'}>
                    {t.push.pushState[row.state]}
                  </Badge>
                ),
              },
              {
                key: 'held',
                title: t.values.live,
                cell: ({ verdict }) => t.links.othersHold(verdict.holding, verdict.targets),
              },
            ]}
          />
        </Section>
      )}
    </>
  );
}
