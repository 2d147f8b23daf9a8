import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { useEnvironment } from '../../parts/place.ts';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { ChangeStep } from './change-step.tsx';
import { type Choices, choicesOf, searchOf, targetOf, type WizardStep, wizardSteps } from './choices.ts';
import { ConfirmStep } from './confirm-step.tsx';
import { GuardStep } from './guard-step.tsx';
import { PlanPane } from './plan-pane.tsx';
import styles from './publish.module.css';
import { StepFooter } from './step-footer.tsx';
import { StepList } from './step-list.tsx';
import { TargetStep } from './target-step.tsx';
import { useChangeSet } from './use-change-set.ts';
import { useWizard } from './use-wizard.ts';

const from = '/shell/environments/$env/apps/$app/publish' as const;

/** A push from the change to the last word, in four steps; every choice is in the address. */
export function PublishPage() {
  const t = useDeliveryText();
  const language = useLanguage();
  const place = useParams({ from });
  const { env, app } = place;
  const search = useSearch({ from });
  const navigate = useNavigate();
  useWatch({ of: 'app', environment: env, app });
  const [choices, setChoices] = useState(() => choicesOf(search));
  const [message, setMessage] = useState('');
  const [typedName, setTypedName] = useState('');
  const [emergency, setEmergency] = useState('');
  const environment = useEnvironment(env);
  const mayPublish = useMay('config:publish', { environment: env, app });
  const names = [search.ns, ...(search.also?.split(',') ?? [])].filter((name) => name !== undefined);
  const step = wizardSteps.find((each) => each === search.step) ?? 'change';
  const set = useChangeSet(place, names);
  const instances = useQuery(read(contracts.listInstances, { params: place }));
  const reading = targetOf(choices, language);

  const go = (to: WizardStep): void =>
    void navigate({ to: '.', search: (old) => ({ ...old, step: to }), resetScroll: true });
  const words = JSON.stringify(searchOf(choices));
  // What is chosen goes into the address a moment later than onto the screen, so that typing never waits for it.
  useEffect(() => {
    void navigate({
      to: '.',
      search: (old) => ({ ns: old.ns, also: old.also, step: old.step, ...JSON.parse(words) }),
      replace: true,
      resetScroll: false,
    });
  }, [navigate, words]);

  const asksName = environment?.protected === true && choices.mode === 'global';
  const wizard = useWizard(place, {
    set,
    choices,
    reading,
    message,
    emergency,
    onApprovalNeeded: () => go('confirm'),
  });
  const { plan, start } = wizard;
  const choose = (part: Partial<Choices>): void => {
    start.reset();
    setChoices((old) => ({ ...old, ...part }));
  };
  const blocked =
    mayPublish.reason ??
    (environment === undefined ? t.common.loading : undefined) ??
    wizard.blocked ??
    (asksName && typedName !== app ? t.publish.typeName(app) : undefined);
  const submit = (): void => {
    if (blocked === undefined) wizard.submit();
  };
  const shared = { env, app, choices, choose, instances: instances.data?.items ?? [] };
  const pane = <PlanPane {...shared} plan={plan} reading={reading} start={start} full={step === 'confirm'} />;

  return (
    <Page
      name={t.wizard.title(names.join(t.common.comma))}
      title={t.wizard.title(names.join(t.common.comma))}
      above={<Above env={env} app={app} ns={search.ns} />}
    >
      <StepList step={step} go={go} />
      {set.problem && <ProblemBox error={set.problem} />}
      {names.length === 0 ? (
        <Empty title={t.wizard.nothingChosen}>{t.wizard.nothingChosenHint}</Empty>
      ) : (
        <>
          {step === 'change' && (
            <ChangeStep
              env={env}
              app={app}
              set={set}
              names={names}
              setNames={([ns, ...also]) =>
                void navigate({
                  to: '.',
                  search: (old) => ({ ...old, ns, also: also.length > 0 ? also.join(',') : undefined }),
                  replace: true,
                })
              }
              message={message}
              setMessage={setMessage}
            />
          )}
          {(step === 'target' || step === 'guard') && (
            <div className={styles.split}>
              {step === 'target' ? (
                <Loaded of={instances}>{() => <TargetStep {...shared} />}</Loaded>
              ) : (
                <GuardStep {...shared} />
              )}
              {pane}
            </div>
          )}
          {step === 'confirm' && (
            <ConfirmStep
              {...shared}
              set={set}
              reading={reading}
              go={go}
              message={message}
              setMessage={setMessage}
              name={asksName ? { typed: typedName, type: setTypedName } : undefined}
              emergency={
                start.error?.code === 'approval_required' || emergency
                  ? {
                      reason: emergency,
                      say: setEmergency,
                      proposal: wizard.proposal && { ...wizard.proposal, message },
                    }
                  : undefined
              }
              submit={submit}
            >
              {pane}
            </ConfirmStep>
          )}
          <StepFooter
            step={step}
            go={go}
            blocked={blocked}
            needsConfirm={asksName}
            targets={plan.current ? plan.answer.data?.counts.targets : undefined}
            pending={start.isPending || start.isSuccess}
            submit={submit}
          />
        </>
      )}
    </Page>
  );
}

function Above({
  env,
  app,
  ns,
}: {
  readonly env: string;
  readonly app: string;
  readonly ns: string | undefined;
}) {
  return (
    <>
      <Link to="/environments/$env/apps/$app" params={{ env, app }}>
        {app}
      </Link>
      {ns !== undefined && (
        <>
          {' / '}
          <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns }}>
            {ns}
          </Link>
        </>
      )}
    </>
  );
}
