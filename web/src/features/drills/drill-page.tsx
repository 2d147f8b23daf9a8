import { contracts, type DrillDetail } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { count } from '../../lib/format.ts';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import type { RuleDraft } from '../../parts/rules/rule-value.ts';
import { TimeLeft } from '../../parts/time-left.tsx';
import { Age, Moment } from '../../ui/age.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import { Checks } from './checks.tsx';
import { DrillActs } from './drill-acts.tsx';
import { DrillCharts } from './drill-charts.tsx';
import { DrillStateBadge, isDesigned, isGoing } from './drill-state.tsx';
import { faultWords } from './fault-draft.ts';
import { Happenings } from './happenings.tsx';
import { PlanPane } from './plan-pane.tsx';
import { ReportSection } from './report-section.tsx';
import { Targets } from './targets.tsx';
import { usePlan } from './use-plan.ts';

const from = '/shell/environments/$env/apps/$app/drills/$drill';

/** One drill, from its design to its report. While something is broken, STOP comes first. */
export function DrillPage() {
  const { env, app, drill } = useParams({ from });
  useWatch({ of: 'drill', environment: env, app, drill });
  const params = { env, app, drill };
  const detail = useQuery({
    ...read(contracts.getDrill, { params }),
    // Events come by the link; this is for a page without one.
    refetchInterval: (query) => (query.state.data && isGoing(query.state.data.state) ? 2000 : false),
  });
  if (detail.error?.code === 'not_found')
    return (
      <Page name={drill} title={<code>{drill}</code>} above={<ToDrills env={env} app={app} />}>
        <Empty title={detail.error.message} />
      </Page>
    );
  return (
    <Loaded of={detail} rows={8}>
      {(found) => <Whole env={env} app={app} drill={found} />}
    </Loaded>
  );
}

function ToDrills({ env, app }: { readonly env: string; readonly app: string }) {
  const t = useDrillsText();
  return (
    <Link to="/environments/$env/apps/$app/drills" params={{ env, app }}>
      {app} · {t.shell.drills}
    </Link>
  );
}

interface Props {
  readonly env: string;
  readonly app: string;
  readonly drill: DrillDetail;
}

function Whole({ env, app, drill }: Props) {
  const t = useDrillsText();
  const g = useGuardText();
  const language = useLanguage();
  const { definition, state } = drill;
  return (
    <Page
      name={drill.title}
      title={drill.title}
      above={<ToDrills env={env} app={app} />}
      aside={
        <>
          <DrillStateBadge state={state} />
          {state === 'running' && drill.deadline && <TimeLeft until={drill.deadline} />}
        </>
      }
      actions={<DrillActs env={env} app={app} drill={drill} />}
    >
      <Stack gap={14}>
        {drill.because && <Notice tone="warn">{drill.because[language]}</Notice>}
        {isDesigned(state) && <Standing env={env} app={app} drill={drill} />}
        <Section>
          <Facts
            facts={[
              [t.drills.hypothesis, definition.hypothesis],
              [t.drills.deadline, `${Math.round(definition.deadlineMs / 1000)} ${t.drills.seconds}`],
              [
                t.drills.faults,
                Object.entries(definition.faults).map(([name, fault]) => (
                  <div key={name}>
                    <code>{name}</code> {faultWords(fault as unknown as RuleDraft, g)} ·{' '}
                    {fault.resource.value} · {Math.round(fault.share * 1000) / 10} %
                  </div>
                )),
              ],
              ...(drill.startedAt
                ? [
                    [
                      t.drills.started,
                      <span key="started">
                        <Moment at={drill.startedAt} /> (<Age at={drill.startedAt} />)
                        {drill.startedBy && ` ${t.drills.by(drill.startedBy)}`}
                      </span>,
                    ] as const,
                    [t.drills.injected, count(drill.injected)] as const,
                  ]
                : []),
            ]}
          />
        </Section>
        {!isDesigned(state) && (
          <Section flush title={t.drills.checks}>
            <Checks measures={drill.measures} />
          </Section>
        )}
        {!isDesigned(state) && <DrillCharts env={env} app={app} drill={drill} />}
        {drill.instances.length > 0 && (
          <Section
            flush
            title={`${t.drills.targets} · ${drill.clean} / ${drill.targets} ${t.drills.instanceStates.clean}`}
          >
            <Targets targets={drill.instances} />
          </Section>
        )}
        {!isDesigned(state) && !isGoing(state) && <ReportSection env={env} app={app} drill={drill} />}
        {drill.events.length > 0 && (
          <Section flush title={t.drills.timeline}>
            <Happenings events={drill.events} />
          </Section>
        )}
        <AsCommand
          line={[
            ...['sluice', 'drill', isDesigned(state) ? 'start' : state === 'running' ? 'stop' : 'report'],
            ...[app, drill.drillId, '--env', env],
          ]}
        />
      </Stack>
    </Page>
  );
}

/** What it would be if it started now. */
function Standing({ env, app, drill }: Props) {
  const t = useDrillsText();
  const plan = usePlan(env, app, drill.definition);
  return (
    <Section title={t.drills.plan}>
      <Loaded of={plan}>{(answer) => <PlanPane plan={answer} />}</Loaded>
    </Section>
  );
}
