import { contracts, type ResponseOf } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { count } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { AppsTable } from '../../parts/apps-table.tsx';
import { ChangesTable } from '../../parts/changes-table.tsx';
import { Age, Moment } from '../../ui/age.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Progress } from '../../ui/share-bar.tsx';
import styles from './overview-page.module.css';

type Overview = ResponseOf<typeof contracts.overview>;

/** An environment at a glance, live: who is there, who differs, what is on its way, what happened last. */
export function OverviewPage() {
  const t = useText();
  const { env } = useParams({ from: '/shell/environments/$env' });
  useWatch({ of: 'environment', environment: env });
  const overview = useQuery({ ...read(contracts.overview, { params: { env } }), refetchInterval: 30_000 });
  const apps = useQuery(read(contracts.listAppsOf, { params: { env } }));
  const changes = useQuery(read(contracts.listChanges, { params: { env }, query: { limit: '8' } }));
  return (
    <Page
      name={t.shell.overview}
      title={t.shell.overview}
      aside={
        overview.data && <span className="quiet num">{t.overview.revision(overview.data.revision)}</span>
      }
    >
      <Loaded of={overview}>{(data) => <Tiles overview={data} />}</Loaded>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Section title={t.shell.apps} flush>
            <Loaded of={apps}>
              {({ items }) => (
                <AppsTable
                  env={env}
                  apps={items}
                  empty={
                    <Empty
                      title={t.overview.noApp}
                      action={
                        <Link to="/environments/$env/apps" params={{ env }}>
                          {t.overview.firstStep}
                        </Link>
                      }
                    >
                      {t.overview.noAppHint}
                    </Empty>
                  }
                />
              )}
            </Loaded>
          </Section>
          <Section
            title={t.overview.lastChanges}
            flush
            aside={
              <Link to="/environments/$env/changes" params={{ env }}>
                {t.overview.allChanges}
              </Link>
            }
          >
            <Loaded of={changes}>{({ items }) => <ChangesTable env={env} changes={items} brief />}</Loaded>
          </Section>
        </div>
        <div className={styles.column}>
          <Section title={t.overview.activePushes} flush>
            <Loaded of={overview}>{(data) => <ActivePushes env={env} pushes={data.activePushes} />}</Loaded>
          </Section>
          <Section title={t.overview.nodes} flush>
            <Loaded of={overview}>{(data) => <Nodes nodes={data.nodes} />}</Loaded>
          </Section>
        </div>
      </div>
    </Page>
  );
}

function Tiles({ overview }: { readonly overview: Overview }) {
  const t = useText().overview;
  const differing = overview.instancesDiffering;
  return (
    <div className={styles.tiles}>
      <Tile
        label={t.online}
        value={overview.instancesOnline}
        at={overview.at}
        tone={overview.instancesOnline > 0 ? 'ok' : 'idle'}
      />
      <Tile label={t.offline} value={overview.instancesOffline} at={overview.at} tone="idle" />
      <Tile
        label={t.differing}
        value={differing}
        at={overview.at}
        tone={differing > 0 ? 'warn' : overview.instancesOnline > 0 ? 'ok' : 'idle'}
        {...(overview.instancesOnline > 0 && {
          note: (
            <Badge tone={differing > 0 ? 'warn' : 'ok'}>{differing > 0 ? t.someDiffer : t.allEqual}</Badge>
          ),
        })}
      />
      <Tile label={t.pushesRunning} value={overview.activePushes.length} at={overview.at} tone="busy" />
      <Tile label={t.apps} value={overview.apps} at={overview.at} tone="accent" />
      <Tile label={t.namespaces} value={overview.namespaces} at={overview.at} tone="accent" />
    </div>
  );
}

interface TileProps {
  readonly label: string;
  readonly value: number;
  readonly at: string;
  readonly tone: Tone;
  readonly note?: ReactNode;
}

function Tile({ label, value, at, tone, note }: TileProps) {
  return (
    <div className={`${styles.tile} ${styles[tone]}`}>
      <span className={styles.label}>{label}</span>
      <span className={styles.value}>
        {count(value)} {note}
      </span>
      <span className={styles.age}>
        <Age at={at} />
      </span>
    </div>
  );
}

function ActivePushes({ env, pushes }: { readonly env: string; readonly pushes: Overview['activePushes'] }) {
  const t = useText();
  return (
    <DataTable
      label={t.overview.activePushes}
      rows={pushes}
      rowKey={(row) => row.id}
      empty={<Empty title={t.overview.noPush} />}
      columns={[
        {
          key: 'what',
          title: t.overview.namespace,
          cell: (row) => (
            <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app: row.app, push: row.id }}>
              {row.app} / {row.namespace}
            </Link>
          ),
        },
        {
          key: 'far',
          title: t.overview.holding,
          align: 'right',
          cell: (row) => (
            <>
              <Progress done={row.holding} of={row.targets} label={t.overview.holding} />{' '}
              <span className="num">
                {row.holding}/{row.targets}
              </span>
            </>
          ),
        },
      ]}
    />
  );
}

function Nodes({ nodes }: { readonly nodes: Overview['nodes'] }) {
  const t = useText();
  return (
    <DataTable
      label={t.overview.nodes}
      rows={nodes}
      rowKey={(row) => row.id}
      empty={<Empty title={t.overview.noNode} />}
      columns={[
        {
          key: 'id',
          title: t.overview.node,
          cell: (row) => (
            <>
              <code>{row.id}</code> {row.isThis && <Badge tone="accent">{t.overview.thisNode}</Badge>}
            </>
          ),
        },
        { key: 'n', title: t.overview.connections, align: 'right', cell: (row) => count(row.instances) },
        { key: 'since', title: t.overview.since, minor: true, cell: (row) => <Moment at={row.startedAt} /> },
      ]}
    />
  );
}
