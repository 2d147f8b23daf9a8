import { contracts } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Action } from '../../ui/action.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { useNamespace } from './namespace-context.ts';

/** The widest change of all: everybody falls back to the defaults in their code, so the name is typed. */
export function DeleteNamespace({ onClose }: { readonly onClose: () => void }) {
  const t = useDeliveryText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { place, namespace } = useNamespace();
  const { env, app, ns } = place;
  const [typed, setTyped] = useState('');
  const [message, setMessage] = useState('');
  const instances = useQuery(read(contracts.listInstances, { params: { env, app } }));
  const online = instances.data?.items.filter((each) => each.online).length;
  const remove = useMutation<undefined, Problem>({
    mutationFn: () =>
      call(contracts.deleteNamespace, { params: place, query: { message }, ifMatch: namespace.etag }),
    onSuccess: async () => {
      await navigate({ to: '/environments/$env/apps/$app', params: { env, app } });
      client.removeQueries({ queryKey: [contracts.getNamespace.id] });
      void client.invalidateQueries();
    },
  });
  const blocked =
    online === undefined ? t.common.loading : typed === ns ? undefined : t.settings.typeNamespace(ns);
  return (
    <SidePanel
      title={t.settings.deleteOpen(ns)}
      open
      onClose={onClose}
      width={480}
      footer={
        <Row end>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Action
            danger
            type="primary"
            blocked={blocked}
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            {t.settings.deleteButton(ns, online ?? 0)}
          </Action>
        </Row>
      }
    >
      <Stack gap={14}>
        {remove.isError && <ProblemBox error={remove.error} />}
        <Notice tone="warn">{t.settings.deleteEffect(online ?? 0)}</Notice>
        <Field label={t.publish.message}>
          {(ids) => (
            <Input
              {...ids}
              maxLength={2000}
              value={message}
              onChange={(event) => setMessage(event.target.value)}
            />
          )}
        </Field>
        <Field label={t.settings.typeNamespace(ns)}>
          {(ids) => (
            <Input
              {...ids}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <AsCommand
          line={[
            ...['sluice', 'namespace', 'delete', app, ns, '--env', env],
            ...(message === '' ? [] : ['-m', message]),
          ]}
        />
      </Stack>
    </SidePanel>
  );
}
