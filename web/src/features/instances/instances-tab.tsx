import { contracts, type Instance } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Input, Select } from 'antd';
import { useDeferredValue } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { filterInstances, instanceFilters, troubleOf } from '../../parts/filter-instances.ts';
import { Age } from '../../ui/age.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { sortingIn } from '../../ui/sorting-in.ts';
import { InstanceStates, Labels } from './instance-states.tsx';
import { Survivability } from './survivability.tsx';

/** Later than every time that one was last seen. */
const connected = '~';

/** Every instance of an app, online ones and those seen in the last day; filters live in the address. */
export function InstancesTab() {
  const t = useDeliveryText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/instances' });
  const search = useSearch({ from: '/shell/environments/$env/apps/$app/instances' });
  const { q, state } = search;
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/instances' });
  const go = (part: Partial<typeof search>, replace = false): void =>
    void navigate({ search: { ...search, ...part }, replace });
  const instances = useQuery(read(contracts.listInstances, { params: { env, app } }));
  const words = useDeferredValue(q);
  const risk = useQuery(read(contracts.survivability, { params: { env, app } }));
  const atRisk = new Map(risk.data?.atRisk.map((each) => [each.instanceId, each.reasons]));
  const columns: Column<Instance>[] = [
    {
      key: 'id',
      title: t.instances.instance,
      order: (row) => row.instanceId,
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
      key: 'state',
      title: t.instances.state,
      order: troubleOf,
      cell: (row) => <InstanceStates instance={row} />,
    },
    ...(state === 'atRisk'
      ? [
          {
            key: 'risk',
            title: t.push.reason,
            cell: (row: Instance) =>
              (atRisk.get(row.instanceId) ?? []).map((reason) => t.risk.reasons[reason]).join(t.common.comma),
          },
        ]
      : []),
    { key: 'labels', title: t.instances.labels, cell: (row) => <Labels labels={row.labels} /> },
    {
      key: 'sdk',
      title: t.instances.sdk,
      minor: true,
      order: (row) => row.sdk,
      cell: (row) => <code>{row.sdk}</code>,
    },
    {
      key: 'revision',
      title: t.changes.revision,
      align: 'right',
      minor: true,
      order: (row) => row.revision,
      cell: (row) => row.revision,
    },
    {
      key: 'started',
      title: t.instances.started,
      minor: true,
      order: (row) => row.startedAt,
      cell: (row) => <Age at={row.startedAt} />,
    },
    {
      key: 'seen',
      title: t.common.lastSeen,
      order: (row) => (row.online ? connected : row.lastSeenAt),
      cell: (row) =>
        row.online ? <span className="quiet">{t.instances.connected}</span> : <Age at={row.lastSeenAt} />,
    },
  ];
  return (
    <Loaded of={instances} rows={10}>
      {({ items }) => {
        const found = filterInstances(items, words, state);
        const shown = state === 'atRisk' ? found.filter((each) => atRisk.has(each.instanceId)) : found;
        return (
          <>
            {risk.data && (
              <Survivability
                risk={risk.data}
                show={() => go({ state: 'atRisk' })}
                shown={state === 'atRisk'}
              />
            )}
            <Section
              flush
              title={t.instances.shownOf(shown.length, items.length)}
              aside={
                <>
                  <Input
                    allowClear
                    aria-label={t.instances.filter}
                    placeholder={t.instances.filterHint}
                    style={{ width: 280 }}
                    value={q ?? ''}
                    onChange={(event) => go({ q: event.target.value || undefined }, true)}
                  />
                  <Select
                    aria-label={t.instances.state}
                    placeholder={t.instances.everyState}
                    allowClear
                    style={{ minWidth: 170 }}
                    value={state}
                    options={[
                      ...instanceFilters.map((each) => ({
                        value: each as string,
                        label: t.instances.filters[each],
                      })),
                      { value: 'atRisk', label: t.risk.filter },
                    ]}
                    onChange={(next: string | undefined) => go({ state: next })}
                  />
                </>
              }
            >
              <DataTable
                label={t.apps.instances}
                columns={columns}
                rows={shown}
                rowKey={(row) => row.instanceId}
                tone={(row) => (row.conflict ? 'bad' : row.online ? undefined : 'muted')}
                virtual
                sorting={sortingIn(search, go)}
                empty={
                  items.length > 0 ? (
                    <Empty title={t.instances.nothingMatches} />
                  ) : (
                    <Empty
                      title={t.instances.none}
                      action={
                        <Link to="/environments/$env/apps/$app/connect" params={{ env, app }}>
                          {t.apps.connect}
                        </Link>
                      }
                    >
                      {t.instances.noneHint}
                    </Empty>
                  )
                }
              />
            </Section>
          </>
        );
      }}
    </Loaded>
  );
}
