import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { shortDigest } from '../../lib/format.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useWords } from '../../lib/i18n/words.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { LinkedBadge, useLinked } from '../../parts/linked.tsx';
import { PushProgress } from '../../parts/push-progress.tsx';
import { PushStateBadge } from '../../parts/push-state-badge.tsx';
import { usePushWords } from '../../parts/push-words.ts';
import { TimeLeft } from '../../parts/time-left.tsx';
import { Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Approvals } from './approvals.tsx';
import { GuardrailSection } from './guardrail-section.tsx';
import { LinkedPushes } from './linked-pushes.tsx';
import { PushActions } from './push-actions.tsx';
import { PushPlanSection } from './push-plan-section.tsx';
import { StepTrack } from './step-track.tsx';

/** A push by its address: survives reloads, can be sent to a colleague, stays true afterwards. */
export function PushPage() {
  const t = useDeliveryText();
  const place = useParams({ from: '/shell/environments/$env/apps/$app/pushes/$push' });
  const view = useSearch({ from: '/shell/environments/$env/apps/$app/pushes/$push' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/pushes/$push' });
  const { env, app } = place;
  useWatch({ of: 'app', environment: env, app });
  const push = useQuery(read(contracts.getPush, { params: place }));
  const words = usePushWords(push.data);
  return (
    <Page
      name={words}
      title={words}
      above={
        <>
          <Link to="/environments/$env/apps/$app" params={{ env, app }}>
            {app}
          </Link>
          {push.data?.namespaces.map(({ name }) => (
            <Fragment key={name}>
              {' / '}
              <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns: name }}>
                {name}
              </Link>
            </Fragment>
          ))}
          {' / '}
          <Link to="/environments/$env/apps/$app/pushes" params={{ env, app }}>
            {t.apps.pushes}
          </Link>
        </>
      }
      aside={push.data && <States push={push.data} />}
      actions={push.data && <PushActions push={push.data} />}
    >
      <Loaded of={push}>
        {(data) => (
          <>
            <Endings push={data} />
            <About push={data} />
            {(data.approval || data.state === 'planned') && <Approvals push={data} />}
            {data.state !== 'planned' && data.state !== 'draft' && (
              <>
                {data.mode === 'gray' && <StepTrack push={data} />}
                <PushProgress
                  place={place}
                  view={view}
                  show={(search) => void navigate({ search, resetScroll: false })}
                />
                {data.mode === 'gray' && <GuardrailSection push={data} />}
              </>
            )}
            <LinkedPushes push={data} />
            <PushPlanSection push={data} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function States({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const { linked } = useLinked(push);
  return (
    <>
      <Badge tone="accent" sign={false}>
        {t.push.modes[push.mode]}
      </Badge>
      <PushStateBadge push={push} />
      <LinkedBadge linked={linked} />
      {push.emergency !== undefined && <Badge tone="bad">{t.approval.flag}</Badge>}
      {push.expiresAt !== undefined && push.state !== 'abandoned' && push.state !== 'promoted' && (
        <TimeLeft until={push.expiresAt} />
      )}
    </>
  );
}

/** Why it ended or was halted, and under what flag it went. */
function Endings({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const say = useWords();
  const { ended, state, emergency } = push;
  return (
    <>
      {emergency !== undefined && (
        <Notice tone="bad">
          {t.approval.flagText} {emergency}
        </Notice>
      )}
      {state === 'halted' && (
        <Notice tone="bad">
          {t.track.halted}
          {ended?.because && <> {say(ended.because)}</>}
        </Notice>
      )}
      {state !== 'halted' && ended && (
        <Notice tone="idle">
          {t.track.ended[ended.reason]}
          {ended.because && <> {say(ended.because)}</>}
        </Notice>
      )}
    </>
  );
}

function About({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const digests = push.namespaces.flatMap(({ name, digest }): [ReactNode, ReactNode][] =>
    digest === undefined
      ? []
      : [
          [
            push.namespaces.length > 1 ? `${t.push.digest} · ${name}` : t.push.digest,
            <code key={name} title={digest}>
              {shortDigest(digest)}
            </code>,
          ],
        ],
  );
  const undone: [ReactNode, ReactNode][] =
    push.of === undefined
      ? []
      : [
          [
            t.track.rolledBack,
            <Link
              key="of"
              to="/environments/$env/apps/$app/pushes/$push"
              params={{ env: push.environment, app: push.app, push: push.of }}
            >
              {t.push.title}
            </Link>,
          ],
        ];
  return (
    <Section title={t.push.about}>
      <Facts
        facts={[
          [t.changes.why, push.message || '–'],
          [t.changes.who, push.createdBy],
          [t.changes.at, <Moment key="at" at={push.createdAt} />],
          [t.push.mode, t.push.modes[push.mode]],
          ...digests,
          [t.changes.revision, push.revision],
          ...undone,
        ]}
      />
    </Section>
  );
}
