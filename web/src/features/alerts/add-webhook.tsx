import { type AlertSeverity, alertSeverities } from '@sluice/core';
import { contracts, type Webhook, type WebhookKind, webhookKinds } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import { type Language, useLanguage } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

/** An address that is told of alerts. What is typed as address and secret is sent once and never shown again. */
export function AddWebhook({ env, onClose }: { readonly env: string; readonly onClose: () => void }) {
  const t = useAlertsText();
  const client = useQueryClient();
  const [kind, setKind] = useState<WebhookKind>('generic');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const [language, setLanguage] = useState<Language>(useLanguage());
  const [severity, setSeverity] = useState<AlertSeverity>('warning');
  const [app, setApp] = useState('');
  const [tried, setTried] = useState(false);
  const apps = useQuery(read(contracts.listAppsOf, { params: { env } }));
  const mayHaveSecret = kind !== 'wecom' && kind !== 'slack';
  const add = useMutation<Webhook, Problem>({
    mutationFn: () =>
      call(contracts.createWebhook, {
        params: { env },
        body: {
          name: name.trim(),
          kind,
          url: url.trim(),
          ...(mayHaveSecret && secret !== '' && { secret }),
          language,
          severity,
          ...(app !== '' && { app }),
        },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [contracts.listWebhooks.id] });
      onClose();
    },
  });
  const required = (value: string): string | undefined =>
    tried && value.trim() === '' ? t.common.required : undefined;
  return (
    <SidePanel title={t.webhooks.add} open onClose={onClose} width={560}>
      <form
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (name.trim() !== '' && url.trim() !== '') add.mutate();
        }}
      >
        <Stack gap={14}>
          {add.isError && <ProblemBox error={add.error} />}
          <Field label={t.webhooks.name} error={required(name)}>
            {(ids) => (
              <Input
                {...ids}
                maxLength={128}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label={t.webhooks.kind}>
            {({ id }) => (
              <Select<WebhookKind>
                id={id}
                value={kind}
                onChange={setKind}
                options={webhookKinds.map((each) => ({ value: each, label: t.webhooks.kinds[each] }))}
              />
            )}
          </Field>
          <Field label={t.webhooks.url} hint={t.webhooks.urlHint} error={required(url)}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="url"
                maxLength={2000}
                placeholder="https://"
                value={url}
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
          {mayHaveSecret && (
            <Field label={t.webhooks.secret} hint={t.webhooks.secretHint}>
              {(ids) => (
                <Input.Password
                  {...ids}
                  autoComplete="new-password"
                  maxLength={256}
                  value={secret}
                  onChange={(event) => setSecret(event.target.value)}
                />
              )}
            </Field>
          )}
          <Field label={t.webhooks.language}>
            {({ id }) => (
              <Select<Language>
                id={id}
                value={language}
                onChange={setLanguage}
                options={(['en', 'zh'] as const).map((each) => ({
                  value: each,
                  label: t.webhooks.languages[each],
                }))}
              />
            )}
          </Field>
          <Field label={t.webhooks.least}>
            {({ id }) => (
              <Select<AlertSeverity>
                id={id}
                value={severity}
                onChange={setSeverity}
                options={alertSeverities.map((each) => ({ value: each, label: t.alerts.severities[each] }))}
              />
            )}
          </Field>
          <Field label={t.webhooks.about}>
            {({ id }) => (
              <Select
                id={id}
                showSearch
                value={app}
                onChange={setApp}
                options={[
                  { value: '', label: t.alerts.everyApp },
                  ...(apps.data?.items ?? []).map((each) => ({ value: each.name, label: each.name })),
                ]}
              />
            )}
          </Field>
          <Row end>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="primary" htmlType="submit" loading={add.isPending}>
              {t.webhooks.add}
            </Button>
          </Row>
          <AsCommand
            line={[
              ...['sluice', 'webhook', 'add', '--env', env, '--name', name || '…', '--kind', kind],
              ...['--url', '-', '--language', language, '--severity', severity],
              ...(app === '' ? [] : ['--app', app]),
            ]}
          />
          <p className="quiet">{t.webhooks.commandHint}</p>
        </Stack>
      </form>
    </SidePanel>
  );
}
