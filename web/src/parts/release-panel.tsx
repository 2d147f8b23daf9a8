import type { ContentDiff } from '@sluice/core';
import { contracts, type PushPlanBody, type Released } from '@sluice/protocol';
import { type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../lib/problem.ts';
import { newIntentKey, read } from '../lib/transport.ts';
import { Action } from '../ui/action.tsx';
import type { CodeLanguage } from '../ui/code/language.ts';
import { onConfirmKey } from '../ui/confirm-key.ts';
import { LoadingRows } from '../ui/empty.tsx';
import { Field } from '../ui/field.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { Section } from '../ui/page.tsx';
import { ProblemBox } from '../ui/problem-box.tsx';
import { SidePanel } from '../ui/side-panel.tsx';
import { Row, Stack } from '../ui/stack.tsx';
import { Affected } from './affected.tsx';
import { AsCommand } from './as-command.tsx';
import { ContentDiffView } from './content-diff.tsx';
import { type NamespacePlace, useEnvironment } from './place.ts';
import { PlanView } from './plan/plan-view.tsx';
import { PushProgress } from './push-progress.tsx';
import { ReasonField } from './reason-field.tsx';

interface Props {
  readonly place: NamespacePlace;
  readonly kind: 'map' | 'document' | 'rules';
  readonly language?: CodeLanguage;
  readonly title: string;
  readonly diffTitle: string;
  readonly diff: ContentDiff | undefined;
  /** Ids of online instances that hold the new content already. */
  readonly holding?: ReadonlySet<string>;
  readonly buttonText: (online: number) => string;
  /** A rollback is never slowed down; a publish to a protected environment asks for the app's name. */
  readonly askForName: boolean;
  readonly danger?: boolean;
  readonly command: (message: string) => string;
  readonly release: (message: string, intentKey: string) => Promise<Released>;
  /** Said above the progress once it is out. */
  readonly done?: (released: Released) => ReactNode;
  readonly onConflict?: () => void;
  /** Exactly who changes, where the server was asked for it; else everybody of the app is listed. */
  readonly plan?: UseQueryResult<PushPlanBody, Problem>;
  /** What there is to say, or to fill in, below a refusal. */
  readonly refused?: (problem: Problem) => ReactNode;
  /** The way on where others have to approve first. */
  readonly toApproval?: ReactNode;
  /** Above all else: to whom it goes, with a way to choose others. */
  readonly target?: ReactNode;
  /** Why it can't be released from here. */
  readonly blocked?: string | undefined;
  readonly onClose: () => void;
}

const nobody: ReadonlySet<string> = new Set();

/** What changes, who gets it, one button; then the same panel shows it arriving. */
export function ReleasePanel(props: Props) {
  const { place, kind, diff, title, diffTitle, holding = nobody, onClose } = props;
  const t = useDeliveryText();
  const environment = useEnvironment(place.env);
  const instances = useQuery(read(contracts.listInstances, { params: { env: place.env, app: place.app } }));
  const [message, setMessage] = useState('');
  const [typedName, setTypedName] = useState('');
  const intentKey = useRef(newIntentKey());
  const run = useMutation<Released, Problem>({ mutationFn: () => props.release(message, intentKey.current) });

  const online = instances.data?.items.filter((each) => each.online) ?? [];
  const offline = (instances.data?.items.length ?? 0) - online.length;
  const asksName = props.askForName && environment?.protected === true;
  const blocked =
    props.blocked ??
    (environment === undefined || instances.data === undefined || props.plan?.isPending
      ? t.common.loading
      : asksName && typedName !== place.app
        ? t.publish.typeName(place.app)
        : undefined);
  const start = (): void => {
    if (blocked === undefined && !run.isPending && !run.isSuccess) run.mutate();
  };

  if (run.isSuccess)
    return (
      <SidePanel
        title={title}
        open
        onClose={onClose}
        width={760}
        footer={
          <Row end>
            <Link
              to="/environments/$env/apps/$app/pushes/$push"
              params={{ env: place.env, app: place.app, push: run.data.push.id }}
            >
              {t.push.openPage}
            </Link>
            <Action onClick={onClose} autoFocus>
              {t.common.close}
            </Action>
          </Row>
        }
      >
        <Stack>
          {props.done?.(run.data)}
          <PushProgress place={{ env: place.env, app: place.app, push: run.data.push.id }} />
        </Stack>
      </SidePanel>
    );

  return (
    <SidePanel
      title={title}
      open
      onClose={onClose}
      width={760}
      footer={
        <Row end>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Action
            type="primary"
            danger={props.danger ?? false}
            blocked={blocked}
            loading={run.isPending}
            onClick={start}
            {...(props.danger && { 'data-first-focus': '' })}
          >
            {props.buttonText(props.plan?.data?.counts.targets ?? online.length)}
          </Action>
        </Row>
      }
    >
      <Stack gap={16}>
        {run.isError && (
          <>
            <ProblemBox error={run.error} />
            {props.refused?.(run.error)}
            {run.error.code === 'approval_required' && props.toApproval}
            {run.error.code === 'base_moved' && props.onConflict && (
              <Button onClick={props.onConflict}>{t.merge.open}</Button>
            )}
          </>
        )}
        {props.target}
        <Section title={diffTitle} flush>
          {diff ? (
            <ContentDiffView diff={diff} kind={kind} {...(props.language && { language: props.language })} />
          ) : (
            <LoadingRows rows={2} label={t.common.loading} />
          )}
        </Section>
        {props.plan && (
          <Loaded of={props.plan}>
            {(plan) => <PlanView env={place.env} app={place.app} plan={plan} />}
          </Loaded>
        )}
        {props.blocked === undefined && !props.plan && (
          <Section
            flush
            title={t.publish.whoGetsIt}
            aside={
              instances.data && (
                <span>
                  {t.publish.reach(online.length, offline)}
                  {holding.size > 0 && t.common.comma + t.publish.already(holding.size)}
                </span>
              )
            }
          >
            <Loaded of={instances}>
              {({ items }) =>
                items.length === 0 ? (
                  <p style={{ padding: '10px 14px' }}>{t.publish.nobodyYet}</p>
                ) : (
                  <Affected instances={items} holding={holding} />
                )
              }
            </Loaded>
          </Section>
        )}
        <ReasonField
          value={message}
          onChange={setMessage}
          onConfirm={start}
          hint={t.publish.messageHint}
          isFirst={!props.danger}
        />
        {asksName && (
          <Field label={t.publish.protectedLabel(place.env, place.app)}>
            {(ids) => (
              <Input
                {...ids}
                value={typedName}
                onChange={(event) => setTypedName(event.target.value)}
                onKeyDown={onConfirmKey(start)}
                autoComplete="off"
                spellCheck={false}
              />
            )}
          </Field>
        )}
        <AsCommand line={props.command(message)} />
      </Stack>
    </SidePanel>
  );
}
