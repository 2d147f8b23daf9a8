import { resourceTypes } from '@sluice/core';
import { contracts, type Resource } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Input, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { amount, percent } from '../../lib/amount.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useText } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { ProtectPanel } from '../../parts/rules/protect-panel.tsx';
import { SilentNodes } from '../../parts/silent-nodes.tsx';
import { blockedOf } from '../../parts/traffic/chart-frame.ts';
import { Age } from '../../ui/age.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { sortingIn } from '../../ui/sorting-in.ts';
import { BreakerBadges } from './breaker-badges.tsx';
import { ExplainCall } from './explain-call.tsx';
import { ProtectButton } from './protect-button.tsx';
import { shownResources } from './resource-rows.ts';
import { Spark } from './spark.tsx';

type Minute = NonNullable<Resource['minute']>;

/** Of calls that ran to their end; where every call was refused there is none. */
const errorShareOf = ({ errors, success }: Minute): number | undefined =>
  errors + success === 0 ? undefined : errors / (errors + success);

const known = (value: number | undefined, text: (value: number) => string): string =>
  value === undefined ? '–' : text(value);

/** Every resource of an app that calls came through, how it does now, and the way to protect it. */
export function ResourcesTab() {
  const t = useText();
  const g = useGuardText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/resources' });
  const search = useSearch({ from: '/shell/environments/$env/apps/$app/resources' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/resources' });
  useWatch({ of: 'traffic', environment: env, app });
  const resources = useQuery({
    ...read(contracts.listResources, { params: { env, app } }),
    refetchInterval: 5000,
  });
  const [protecting, setProtecting] = useState<Resource>();
  const q = useDeferredValue(search.q);
  const go = (part: Partial<typeof search>, replace = false): void =>
    void navigate({ search: { ...search, ...part }, replace });
  const ms = (value: number): string => g.resources.ms(amount(value));
  const ofMinute = (
    key: string,
    title: string,
    measure: (minute: Minute) => number | undefined,
    text: (value: number) => string,
  ): Column<Resource> => ({
    key,
    title,
    align: 'right',
    order: ({ minute }) => minute && measure(minute),
    cell: ({ minute }) =>
      minute ? (
        known(measure(minute), text)
      ) : (
        <span className="quiet" title={g.resources.noReportHint}>
          {g.resources.noReport}
        </span>
      ),
  });
  const columns: Column<Resource>[] = [
    {
      key: 'name',
      title: g.resources.resource,
      order: (row) => row.resource,
      cell: (row) => (
        <Link
          to="/environments/$env/apps/$app/resource"
          params={{ env, app }}
          search={{ name: row.resource, type: row.type }}
          className="mono"
        >
          {row.resource}
        </Link>
      ),
    },
    { key: 'type', title: g.resources.type, minor: true, cell: (row) => g.types[row.type] },
    {
      key: 'trend',
      title: g.resources.trend,
      width: '130px',
      minor: true,
      cell: (row) => <Spark env={env} app={app} row={row} />,
    },
    ofMinute('rate', g.resources.rate, ({ passed, seconds }) => passed / seconds, amount),
    ofMinute('blocked', g.resources.blocked, (minute) => blockedOf(minute) / minute.seconds, amount),
    ofMinute('wouldBlock', g.resources.wouldBlock, ({ wouldBlock, seconds }) => wouldBlock / seconds, amount),
    ofMinute('errors', g.resources.errors, errorShareOf, percent),
    ofMinute('p50', g.resources.p50, ({ p50Ms }) => p50Ms, ms),
    ofMinute('p99', g.resources.p99, ({ p99Ms }) => p99Ms, ms),
    {
      key: 'breakers',
      title: g.resources.breakers,
      cell: (row) => <BreakerBadges breakers={row.breakers} />,
    },
    {
      key: 'last',
      title: g.resources.lastSeen,
      minor: true,
      cell: (row) => <Age at={row.lastSeenAt} />,
    },
    {
      key: 'actions',
      title: <span className="visually-hidden">{g.resources.actions}</span>,
      align: 'right',
      cell: (row) => (
        <ProtectButton env={env} app={app} resource={row.resource} press={() => setProtecting(row)} />
      ),
    },
  ];
  return (
    <>
      <Loaded of={resources} rows={10}>
        {({ items, overflowed }) => {
          const shown = shownResources(items, { q, type: search.type });
          return (
            <>
              {overflowed && <Notice tone="warn">{g.resources.overflowed}</Notice>}
              <Section
                flush
                title={g.resources.shownOf(shown.length, items.length)}
                aside={
                  <>
                    <Input
                      allowClear
                      aria-label={g.resources.filter}
                      placeholder={g.resources.filter}
                      style={{ width: 260 }}
                      value={search.q ?? ''}
                      onChange={(event) => go({ q: event.target.value || undefined }, true)}
                    />
                    <Select
                      aria-label={g.resources.type}
                      placeholder={g.resources.everyType}
                      allowClear
                      style={{ minWidth: 140 }}
                      value={search.type}
                      options={resourceTypes.map((each) => ({ value: each as string, label: g.types[each] }))}
                      onChange={(type: string | undefined) => go({ type })}
                    />
                  </>
                }
              >
                <DataTable
                  label={g.resources.shownOf(shown.length, items.length)}
                  columns={columns}
                  rows={shown}
                  rowKey={(row) => `${row.type} ${row.resource}`}
                  tone={(row) => (row.breakers.length > 0 ? 'bad' : row.minute ? undefined : 'muted')}
                  virtual
                  sorting={sortingIn(search, go)}
                  empty={
                    items.length > 0 ? (
                      <Empty title={g.resources.nothingMatches} />
                    ) : (
                      <Empty
                        title={g.resources.none}
                        action={
                          <Link to="/environments/$env/apps/$app/connect" params={{ env, app }}>
                            {t.apps.connect}
                          </Link>
                        }
                      >
                        {g.resources.noneHint}
                      </Empty>
                    )
                  }
                />
              </Section>
            </>
          );
        }}
      </Loaded>
      <SilentNodes count={resources.data?.silentNodes} />
      {!resources.isPending && (
        <ExplainCall
          place={{ env, app }}
          decision={search.decision}
          ask={(decision) => go({ decision: decision || undefined })}
        />
      )}
      {protecting && (
        <ProtectPanel
          place={{ env, app, resource: protecting.resource, type: protecting.type }}
          onClose={() => setProtecting(undefined)}
        />
      )}
    </>
  );
}
