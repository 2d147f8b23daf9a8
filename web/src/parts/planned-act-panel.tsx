import { contracts, type Push } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../lib/problem.ts';
import { keyOf } from '../lib/transport.ts';
import { Action } from '../ui/action.tsx';
import { LoadingRows } from '../ui/empty.tsx';
import { SidePanel } from '../ui/side-panel.tsx';
import { Row, Stack } from '../ui/stack.tsx';
import { AsCommand } from './as-command.tsx';
import { type Despite, useHealthSoFar } from './health-so-far.tsx';
import { PlanView } from './plan/plan-view.tsx';
import { StartProblem } from './plan/start-problem.tsx';
import { type ActAsked, useActPlan } from './plan/use-act-plan.ts';
import { ReasonField } from './reason-field.tsx';

interface Props {
  readonly push: Push;
  /** What is done, as the server is asked whom it would change. */
  readonly asked: ActAsked;
  /** The choices made, as options of the command line. */
  readonly options?: () => readonly string[];
  readonly title: string;
  readonly text: string;
  /** Of so many instances that change. */
  readonly button: (n: number) => string;
  readonly danger?: boolean;
  /** Does it to those who were shown, and to nobody else. */
  readonly run: (message: string, plan: string, despite: Despite) => Promise<Push>;
  /** What there is to choose, above the list. */
  readonly choices?: ReactNode;
  /** What there is to fill in below a refusal. */
  readonly refused?: (problem: Problem) => ReactNode;
  /** Problems that the choices tell better. */
  readonly isTold?: (problem: Problem) => boolean;
  readonly onDone?: (push: Push) => void;
  readonly onClose: () => void;
}

/** One act on a push: what it does, exactly whom it changes from what to what, a reason, one button. */
export function PlannedActPanel(props: Props) {
  const { push, asked, title, danger = false, isTold, onClose } = props;
  const t = useDeliveryText();
  const client = useQueryClient();
  const place = { env: push.environment, app: push.app };
  const [message, setMessage] = useState('');
  const plan = useActPlan(push, asked);
  const health = useHealthSoFar(push, asked, plan.data?.health, message);
  const run = useMutation<Push, Problem, string>({
    mutationFn: (hash) => props.run(message, hash, health.despite),
    onSuccess: (after) => {
      client.setQueryData(keyOf(contracts.getPush, { params: { ...place, push: after.id } }), after);
      void client.invalidateQueries();
      props.onDone?.(after);
      onClose();
    },
    onError: () => void client.invalidateQueries({ queryKey: [contracts.previewPushAct.id] }),
  });
  const shown = plan.isSuccess && !plan.isPlaceholderData && !plan.isFetching ? plan.data : undefined;
  const problem = plan.error ?? run.error;
  const blocked = shown ? health.blocked : plan.isError ? plan.error.message : t.common.loading;
  const submit = (): void => {
    if (shown && blocked === undefined && !run.isPending) run.mutate(shown.hash);
  };
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
            danger={danger}
            blocked={blocked}
            loading={run.isPending}
            onClick={submit}
            data-first-focus=""
          >
            {plan.data && !plan.isError ? props.button(plan.data.counts.targets) : t.act.notKnown}
          </Action>
        </Row>
      }
    >
      <Stack gap={16}>
        {problem && !isTold?.(problem) && <StartProblem {...place} problem={problem} />}
        {run.error && props.refused?.(run.error)}
        <p>{props.text}</p>
        {props.choices}
        {!plan.isError && health.shown}
        {plan.data && !plan.isError ? (
          <div aria-busy={!shown} style={shown ? undefined : { opacity: 0.55 }}>
            <PlanView {...place} plan={plan.data} />
          </div>
        ) : (
          plan.isFetching && <LoadingRows label={t.common.loading} />
        )}
        <ReasonField value={message} onChange={setMessage} onConfirm={submit} />
        <AsCommand
          line={[
            ...['sluice', 'push', asked.act, push.app, push.id, '--env', push.environment],
            ...(props.options?.() ?? []),
            ...(health.despite.despiteHealth ? ['--despite-health', message] : []),
            ...(message ? ['-m', message] : []),
          ]}
        />
      </Stack>
    </SidePanel>
  );
}
