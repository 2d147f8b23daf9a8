import { type ResourceType, resourceTypes } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { amount } from '../../lib/amount.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useText } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { ProtectPanel } from '../../parts/rules/protect-panel.tsx';
import { useLiveRules } from '../../parts/rules/use-live-rules.ts';
import { spanOf, trafficOf } from '../../parts/traffic/traffic-spans.ts';
import { Action } from '../../ui/action.tsx';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Empty, LoadingRows } from '../../ui/empty.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { BreakerBadges } from './breaker-badges.tsx';
import { ExplainCall } from './explain-call.tsx';
import { InstancesOfResource } from './instances-of-resource.tsx';
import { RulesOfResource } from './rules-of-resource.tsx';
import { TrafficCharts } from './traffic-charts.tsx';

/** Names that no path of a URL can have: of such a resource nothing can be asked. */
const unaskable: ReadonlySet<string> = new Set(['', '.', '..']);

/** One resource: live charts, the rules on it, its instances and their breakers. */
export function ResourcePage() {
  const g = useGuardText();
  const { name = '' } = useSearch({ from: '/shell/environments/$env/apps/$app/resource' });
  if (!unaskable.has(name)) return <AskedResource />;
  return (
    <Page name={name || g.resourcesTab} title={<code>{name}</code>} above={<Above />}>
      <Empty title={name === '' ? g.resources.unnamed : g.resources.unaskable}>
        {name !== '' && g.resources.unaskableHint}
      </Empty>
    </Page>
  );
}

function Above() {
  const g = useGuardText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/resource' });
  return (
    <>
      <Link to="/environments/$env/apps/$app" params={{ env, app }}>
        {app}
      </Link>
      {' / '}
      <Link to="/environments/$env/apps/$app/resources" params={{ env, app }}>
        {g.resourcesTab}
      </Link>
    </>
  );
}

function AskedResource() {
  const t = useText();
  const g = useGuardText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/resource' });
  const search = useSearch({ from: '/shell/environments/$env/apps/$app/resource' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/resource' });
  const resource = search.name ?? '';
  const type: ResourceType = resourceTypes.find((each) => each === search.type) ?? 'web';
  const place = { env, app, resource, type };
  useWatch({ of: 'app', environment: env, app });
  useWatch({ of: 'traffic', environment: env, app, resource, type });
  const detail = useQuery({
    ...read(contracts.getResource, { params: { env, app, resource }, query: { type } }),
    refetchInterval: 2000,
  });
  const span = spanOf(search.span);
  const rules = useLiveRules(place);
  const traffic = useQuery(trafficOf(place, span));
  // Drawn once each part has its first answer: one that came later would push the rest from under a pointer.
  const drawn = useRef<string>(undefined);
  const id = `${env} ${app} ${type} ${resource}`;
  if (detail.data && (rules.namespaces || rules.error) && !traffic.isPending) drawn.current = id;
  const isDrawn = detail.data !== undefined && drawn.current === id;
  const may = useMay('config:publish', { environment: env, app });
  const [protecting, setProtecting] = useState(false);
  const go = (part: Partial<typeof search>): void =>
    void navigate({ search: { ...search, ...part }, resetScroll: false });
  const minute = detail.data?.minute;
  return (
    <Page
      name={resource}
      title={
        <span className="mono" style={{ fontSize: 18 }}>
          {resource}
        </span>
      }
      above={<Above />}
      aside={
        <>
          <Badge tone="idle" sign={false}>
            {g.types[type]}
          </Badge>
          {detail.data && detail.data.breakers.length > 0 && (
            <BreakerBadges breakers={detail.data.breakers} />
          )}
        </>
      }
      actions={
        <Action type="primary" blocked={may.reason} onClick={() => setProtecting(true)}>
          {g.resources.protect}
        </Action>
      }
    >
      {!isDrawn ? (
        detail.isError ? (
          detail.error.code === 'not_found' ? (
            <Empty title={detail.error.message}>{g.resources.notFoundHint}</Empty>
          ) : (
            <ProblemBox error={detail.error} retry={() => void detail.refetch()} />
          )
        ) : (
          <LoadingRows rows={8} label={t.common.loading} />
        )
      ) : (
        <>
          <Section title={g.resources.lastMinute}>
            <Facts
              facts={[
                [g.resources.instancesTold, String(minute?.instances ?? 0)],
                [g.resources.concurrency, minute ? amount(minute.active) : g.resources.noReport],
                [g.resources.degraded, minute ? amount(minute.degraded) : g.resources.noReport],
                [g.resources.injected, minute ? amount(minute.injected) : g.resources.noReport],
                [g.resources.firstSeen, <Age key="first" at={detail.data.firstSeenAt} />],
                [g.resources.lastSeen, <Age key="last" at={detail.data.lastSeenAt} />],
              ]}
            />
          </Section>
          <RulesOfResource
            place={place}
            live={rules}
            counts={minute && detail.data.rules}
            protect={() => setProtecting(true)}
          />
          <TrafficCharts
            key={`${type} ${resource}`}
            place={place}
            span={span}
            firstSeenMs={Date.parse(detail.data.firstSeenAt)}
            show={(span) => go({ span: span === '5m' ? undefined : span })}
          />
          <InstancesOfResource place={place} detail={detail.data} />
        </>
      )}
      {(isDrawn || detail.isError) && (
        <ExplainCall
          place={{ env, app }}
          decision={search.decision}
          ask={(decision) => go({ decision: decision || undefined })}
        />
      )}
      {protecting && <ProtectPanel place={place} onClose={() => setProtecting(false)} />}
    </Page>
  );
}
