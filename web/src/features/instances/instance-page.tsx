import { contracts, type InstanceDetail } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMay } from '../../lib/access.ts';
import { shortDigest } from '../../lib/format.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Age, Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { InstanceStates, Labels } from './instance-states.tsx';
import { PastSection } from './past/past-section.tsx';
import { ProbeAnswer, ProbeButton, useProbe } from './probe-button.tsx';
import { SetOnePanel } from './set-one-panel.tsx';
import { WhySection } from './why-section.tsx';

type Holding = InstanceDetail['namespaces'][number];

/** One running process: what it holds against what it should hold, and why. */
export function InstancePage() {
  const t = useDeliveryText();
  const place = useParams({ from: '/shell/environments/$env/apps/$app/instances/$instance' });
  const { ns, key, at, set } = useSearch({ from: '/shell/environments/$env/apps/$app/instances/$instance' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/instances/$instance' });
  const { env, app } = place;
  useWatch({ of: 'app', environment: env, app });
  const instance = useQuery(read(contracts.getInstance, { params: place }));
  const probe = useProbe(place);
  const may = useMay('config:publish', { environment: env, app });
  const kinds = useQuery(read(contracts.listNamespaces, { params: { env, app } }));
  /** Where single values can be set. */
  const maps = (kinds.data?.items ?? [])
    .filter(({ kind, live }) => kind === 'map' && live)
    .map((each) => each.name);
  const settable = (data: InstanceDetail): Parameters<typeof go>[0] => {
    const shown = chosen(data, ns);
    return shown === undefined || maps.includes(shown) || maps[0] === undefined
      ? { set: '1' }
      : { set: '1', ns: maps[0], key: undefined };
  };
  const go = (part: {
    ns?: string;
    key?: string | undefined;
    at?: string | undefined;
    set?: string | undefined;
  }): void => void navigate({ search: { ns, key, at, set, ...part }, resetScroll: false });
  const columns: Column<Holding>[] = [
    {
      key: 'name',
      title: t.namespaces.namespace,
      cell: (row) => (
        <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns: row.name }}>
          {row.name}
        </Link>
      ),
    },
    {
      key: 'holds',
      title: t.instances.holds,
      cell: (row) => (
        <HeldRelease
          release={isLayered(row) ? undefined : row.release}
          digest={row.digest}
          layered={isLayered(row)}
        />
      ),
    },
    {
      key: 'expected',
      title: t.instances.expected,
      cell: (row) => (
        <HeldRelease
          release={isLayered(row) ? undefined : row.expectedRelease}
          digest={row.expectedDigest}
          layered={isLayered(row)}
        />
      ),
    },
    {
      key: 'sync',
      title: t.instances.state,
      cell: (row) =>
        row.inSync ? (
          <Badge tone="ok">{t.instances.inSync}</Badge>
        ) : (
          <Badge tone="warn" sign="≠">
            {t.instances.differs}
          </Badge>
        ),
    },
    {
      key: 'applied',
      title: t.instances.applied,
      minor: true,
      cell: (row) => (row.appliedAt ? <Moment at={row.appliedAt} /> : <span className="quiet">–</span>),
    },
    { key: 'error', title: t.push.reason, cell: (row) => row.error ?? <span className="quiet">–</span> },
    {
      key: 'why',
      title: <span className="visually-hidden">{t.why.title}</span>,
      align: 'right',
      cell: (row) => (
        <Button size="small" onClick={() => go({ ns: row.name, key: undefined })}>
          {t.why.button}
        </Button>
      ),
    },
  ];
  return (
    <Page
      name={place.instance}
      title={
        <span className="mono" style={{ fontSize: 17 }}>
          {place.instance}
        </span>
      }
      above={
        <>
          <Link to="/environments/$env/apps/$app" params={{ env, app }}>
            {app}
          </Link>
          {' / '}
          <Link to="/environments/$env/apps/$app/instances" params={{ env, app }}>
            {t.apps.instances}
          </Link>
        </>
      }
      aside={instance.data && <InstanceStates instance={instance.data} />}
      actions={
        instance.data && (
          <>
            <ProbeButton instance={instance.data} probe={probe} />
            <Action
              blocked={
                may.reason ?? (chosen(instance.data, ns) === undefined ? t.instances.holdsNothing : undefined)
              }
              onClick={() => go(settable(instance.data))}
            >
              {t.setOne.open}
            </Action>
          </>
        )
      }
    >
      <Loaded of={instance}>
        {(data) => (
          <>
            {!data.online && (
              <Notice tone="idle">
                {t.instances.offlineNotice} <Age at={data.lastSeenAt} />
              </Notice>
            )}
            {data.conflict && <Notice tone="bad">{t.instances.conflictNotice}</Notice>}
            <ProbeAnswer probe={probe} />
            <Section title={t.instances.about}>
              <Facts
                facts={[
                  [t.instances.labels, <Labels key="labels" labels={data.labels} />],
                  [t.instances.servesFrom, t.instances.ready[data.ready]],
                  [t.instances.cacheTitle, t.instances.cache[data.cache]],
                  [t.instances.sdk, <code key="sdk">{data.sdk}</code>],
                  [t.changes.revision, data.revision],
                  [t.instances.started, <Moment key="started" at={data.startedAt} />],
                  [t.common.lastSeen, <Age key="seen" at={data.lastSeenAt} />],
                  [t.instances.address, data.remoteAddress ?? '–'],
                  [t.instances.node, data.node ?? '–'],
                ]}
              />
            </Section>
            <Section title={t.instances.whatItHolds} flush>
              <DataTable
                label={t.instances.whatItHolds}
                columns={columns}
                rows={data.namespaces}
                rowKey={(row) => row.name}
                tone={(row) => (row.inSync ? undefined : 'bad')}
                empty={<Empty title={t.instances.holdsNothing} />}
              />
            </Section>
            <WhySection
              place={place}
              namespaces={data.namespaces.map((each) => each.name)}
              ns={chosen(data, ns)}
              itemKey={key}
              choose={(nextNs, nextKey) => go({ ns: nextNs, key: nextKey })}
            />
            <PastSection
              place={place}
              namespaces={data.namespaces.map((each) => each.name)}
              at={at}
              ask={(moment) => go({ at: moment })}
            />
            {set !== undefined && chosen(data, ns) !== undefined && (
              <SetOnePanel
                place={place}
                ns={chosen(data, ns)!}
                itemKey={key}
                maps={maps}
                choose={(next) => go({ ns: next, key: undefined })}
                onClose={() => go({ set: undefined })}
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

const chosen = (data: InstanceDetail, ns: string | undefined): string | undefined =>
  ns ?? data.namespaces[0]?.name;

/**
 * It holds exactly what it should, and that isn't the release: layers change it for this instance. By chance that may
 * be what an older release said.
 */
const isLayered = (row: Holding): boolean =>
  row.inSync && row.digest !== undefined && row.release !== row.expectedRelease;

interface HeldReleaseProps {
  readonly release: number | undefined;
  readonly digest: string | undefined;
  readonly layered: boolean;
}

function HeldRelease({ release, digest, layered }: HeldReleaseProps) {
  const t = useDeliveryText();
  if (digest === undefined) return <span className="quiet">{t.instances.nothing}</span>;
  const words = layered ? t.instances.layered : t.instances.noRelease;
  return (
    <>
      {release === undefined ? words : t.namespaces.release(release)}{' '}
      <code className="quiet" title={digest}>
        {shortDigest(digest)}
      </code>
    </>
  );
}
