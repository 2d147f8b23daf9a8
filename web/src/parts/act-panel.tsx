import { contracts, type Push } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../lib/problem.ts';
import { call, keyOf, read } from '../lib/transport.ts';
import { Action } from '../ui/action.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { Section } from '../ui/page.tsx';
import { ProblemBox } from '../ui/problem-box.tsx';
import { SidePanel } from '../ui/side-panel.tsx';
import { Row, Stack } from '../ui/stack.tsx';
import { AsCommand } from './as-command.tsx';
import { NameList } from './name-list.tsx';
import { ReasonField } from './reason-field.tsx';

interface Props {
  readonly push: Push;
  /** What it is called on the command line. */
  readonly word: 'repush' | 'abandon';
  readonly title: string;
  readonly text: string;
  readonly whoTitle: string;
  /** Those whom it concerns, from the targets of the push and all instances of the app. */
  readonly who: (targets: ReadonlyMap<string, string>, all: readonly string[]) => readonly string[];
  readonly button: (n: number) => string;
  readonly danger?: boolean;
  readonly run: (message: string) => Promise<Push>;
  readonly onClose: () => void;
}

/** An act on a push that changes no effective value: what it does, whom it concerns, a reason, one button. */
export function ActPanel(props: Props) {
  const { push, title, danger = false, onClose } = props;
  const t = useDeliveryText();
  const client = useQueryClient();
  const place = { env: push.environment, app: push.app };
  const params = { ...place, push: push.id };
  const [message, setMessage] = useState('');
  const targets = useQuery(read(contracts.listPushInstances, { params }));
  const instances = useQuery(read(contracts.listInstances, { params: place }));
  const run = useMutation<Push, Problem>({
    mutationFn: () => props.run(message),
    onSuccess: (after) => {
      client.setQueryData(keyOf(contracts.getPush, { params: { ...place, push: after.id } }), after);
      void client.invalidateQueries();
      onClose();
    },
  });
  const names =
    targets.data &&
    instances.data &&
    props.who(
      new Map(targets.data.items.map((each) => [each.instanceId, each.state])),
      instances.data.items.map((each) => each.instanceId),
    );
  const blocked = names ? undefined : t.common.loading;
  const submit = (): void => {
    if (blocked === undefined && !run.isPending) run.mutate();
  };
  return (
    <SidePanel
      title={title}
      open
      onClose={onClose}
      width={620}
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
            {props.button(names?.length ?? 0)}
          </Action>
        </Row>
      }
    >
      <Stack gap={16}>
        {run.isError && <ProblemBox error={run.error} />}
        <p>{props.text}</p>
        <Section title={props.whoTitle} flush>
          <Loaded of={targets}>{() => <NameList names={names ?? []} label={props.whoTitle} />}</Loaded>
        </Section>
        <ReasonField value={message} onChange={setMessage} onConfirm={submit} />
        <AsCommand
          line={[
            ...['sluice', 'push', props.word, push.app, push.id, '--env', push.environment],
            ...(message ? ['-m', message] : []),
          ]}
        />
      </Stack>
    </SidePanel>
  );
}

/** A plain call of one of the acts that take nothing but a reason. */
export const actCall =
  (
    contract:
      | typeof contracts.pausePush
      | typeof contracts.resumePush
      | typeof contracts.abandonPush
      | typeof contracts.repushPush,
    push: Push,
  ) =>
  (message: string): Promise<Push> =>
    call(contract, {
      params: { env: push.environment, app: push.app, push: push.id },
      body: { message },
    });
