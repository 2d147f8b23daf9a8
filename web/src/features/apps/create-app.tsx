import { isName } from '@sluice/core';
import { type App, contracts } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

export function CreateApp({ env, onClose }: { readonly env: string; readonly onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState({ name: '', title: '', owner: '' });
  const [tried, setTried] = useState(false);
  const create = useMutation<App, Problem>({
    mutationFn: () => call(contracts.createApp, { body: form }),
    onSuccess: async (app) => {
      await client.invalidateQueries();
      void navigate({ to: '/environments/$env/apps/$app', params: { env, app: app.name } });
    },
  });
  const nameFault = isName(form.name) ? undefined : t.common.nameRule;
  return (
    <SidePanel title={t.apps.create} open onClose={onClose} width={460}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!nameFault) create.mutate();
        }}
      >
        <Stack>
          {create.isError && <ProblemBox error={create.error} />}
          <Field label={t.apps.name} hint={t.apps.nameHint} error={tried && nameFault}>
            {(ids) => (
              <Input
                {...ids}
                autoFocus
                spellCheck={false}
                autoComplete="off"
                value={form.name}
                onChange={(event) => setForm({ ...form, name: event.target.value })}
              />
            )}
          </Field>
          <Field label={t.apps.title}>
            {(ids) => (
              <Input
                {...ids}
                maxLength={200}
                value={form.title}
                onChange={(event) => setForm({ ...form, title: event.target.value })}
              />
            )}
          </Field>
          <Field label={t.apps.owner} hint={t.apps.ownerHint}>
            {(ids) => (
              <Input
                {...ids}
                maxLength={200}
                value={form.owner}
                onChange={(event) => setForm({ ...form, owner: event.target.value })}
              />
            )}
          </Field>
          <AsCommand
            line={[
              ...['sluice', 'app', 'create', form.name || '…'],
              ...(form.title === '' ? [] : ['--title', form.title]),
              ...(form.owner === '' ? [] : ['--owner', form.owner]),
            ]}
          />
          <Row end>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="primary" htmlType="submit" loading={create.isPending}>
              {t.apps.create}
            </Button>
          </Row>
        </Stack>
      </form>
    </SidePanel>
  );
}
