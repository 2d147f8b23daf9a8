import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useText } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { ChangesTable } from '../../parts/changes-table.tsx';
import { SilentNodes } from '../../parts/silent-nodes.tsx';
import { Age } from '../../ui/age.tsx';
import { Empty, LoadingRows } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ActivePushes } from './active-pushes.tsx';
import { AppStrip } from './app-strip.tsx';
import { FiringAlerts, firingIn } from './firing-alerts.tsx';
import { FirstSteps } from './first-steps.tsx';
import { Nodes } from './nodes.tsx';
import styles from './overview-page.module.css';
import { RunningDrills } from './running-drills.tsx';
import { StoryCard } from './story-card.tsx';
import { onOf, Switches } from './switches.tsx';
import { Tiles } from './tiles.tsx';
import { WorstResources } from './worst-resources.tsx';

/** An environment at a glance, live: who is there, who differs, how calls do, what is on its way, what happened last. */
export function OverviewPage() {
  const t = useText();
  const { env } = useParams({ from: '/shell/environments/$env' });
  useWatch({ of: 'environment', environment: env });
  const params = { env };
  const overview = useQuery({
    ...read(contracts.overview, { params }),
    // First steps tick themselves, and not all of them are told by the live link.
    refetchInterval: ({ state }) =>
      state.data && Object.values(state.data.firstSteps).includes(false) ? 2000 : 30_000,
  });
  const traffic = useQuery({ ...read(contracts.environmentTraffic, { params }), refetchInterval: 2000 });
  const apps = useQuery({ ...read(contracts.listAppsOf, { params }), refetchInterval: 30_000 });
  const changes = useQuery(read(contracts.listChanges, { params, query: { limit: '8' } }));
  const kill = useQuery({ ...read(contracts.getKill, { params }), staleTime: 10_000 });
  const firing = useQuery(firingIn(env));
  // Drawn once each part has its first answer: one that came later would push the rest from under a pointer.
  const isDrawn = [overview, traffic, apps, changes, kill, firing].every(({ isPending }) => !isPending);
  const switches = kill.data && {
    on: kill.data.items.reduce((sum, each) => sum + onOf(each).length, 0),
    at: kill.data.at,
  };
  const online = (apps.data?.items ?? [])
    .filter(({ instancesOnline }) => instancesOnline > 0)
    .map(({ name }) => name);
  return (
    <Page
      name={t.shell.overview}
      title={t.shell.overview}
      aside={
        overview.data && <span className="quiet num">{t.overview.revision(overview.data.revision)}</span>
      }
      actions={
        <Link to="/environments/$env/incident" params={params}>
          {t.overview.toIncident}
        </Link>
      }
    >
      {!isDrawn ? (
        <LoadingRows rows={8} label={t.common.loading} />
      ) : (
        <>
          <FiringAlerts env={env} />
          <RunningDrills env={env} apps={online} />
          <StoryCard />
          {overview.data && (
            <FirstSteps env={env} steps={overview.data.firstSteps} apps={apps.data?.items ?? []} />
          )}
          <SilentNodes count={traffic.data?.silentNodes} />
          <Loaded of={overview}>
            {(data) => <Tiles overview={data} traffic={traffic.data} switches={switches} />}
          </Loaded>
          <Section title={t.overview.health} flush aside={traffic.data && <AgeAside at={traffic.data.at} />}>
            <Loaded of={apps}>
              {({ items }) =>
                items.length === 0 ? (
                  <Empty
                    title={t.overview.noApp}
                    action={
                      <Link to="/environments/$env/apps" params={params}>
                        {t.overview.firstStep}
                      </Link>
                    }
                  >
                    {t.overview.noAppHint}
                  </Empty>
                ) : (
                  <AppStrip env={env} apps={items} traffic={traffic.data?.apps} />
                )
              }
            </Loaded>
          </Section>
          <div className={styles.columns}>
            <div className={styles.column}>
              <Section
                title={t.overview.worst}
                flush
                aside={traffic.data && <AgeAside at={traffic.data.at} />}
              >
                <Loaded of={traffic}>{({ worst }) => <WorstResources env={env} worst={worst} />}</Loaded>
              </Section>
              <Section
                title={t.overview.lastChanges}
                flush
                aside={
                  <Link to="/environments/$env/changes" params={params}>
                    {t.overview.allChanges}
                  </Link>
                }
              >
                <Loaded of={changes}>
                  {({ items }) => <ChangesTable env={env} changes={items} brief />}
                </Loaded>
              </Section>
            </div>
            <div className={styles.column}>
              <Section title={t.overview.activePushes} flush>
                <Loaded of={overview}>
                  {(data) => <ActivePushes env={env} pushes={data.activePushes} />}
                </Loaded>
              </Section>
              <Section title={t.overview.switches} flush>
                <Loaded of={kill}>{({ items }) => <Switches env={env} items={items} />}</Loaded>
              </Section>
              <Section title={t.overview.nodes} flush>
                <Loaded of={overview}>{(data) => <Nodes nodes={data.nodes} />}</Loaded>
              </Section>
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function AgeAside({ at }: { readonly at: string }) {
  return (
    <span className="quiet">
      <Age at={at} />
    </span>
  );
}
