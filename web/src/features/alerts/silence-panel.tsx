import { type AlertCondition, alertConditions, alertTitles } from '@sluice/core';
import { type AlertSilence, contracts } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Action } from '../../ui/action.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

/** Keeps an app or a condition from the webhooks for a while, with a reason that everybody sees. */
export function SilencePanel({ env, onClose }: { readonly env: string; readonly onClose: () => void }) {
  const t = useAlertsText();
  const language = useLanguage();
  const client = useQueryClient();
  const [app, setApp] = useState('');
  const [condition, setCondition] = useState<AlertCondition | ''>('');
  const [minutes, setMinutes] = useState('60');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const apps = useQuery(read(contracts.listAppsOf, { params: { env } }));
  const may = useMay('alert:use', { environment: env, app: app === '' ? '*' : app });
  const count = Number(minutes);
  const isMinutes = /^\d{1,5}$/.test(minutes) && count >= 1 && count <= 10_080;
  const silence = useMutation<AlertSilence, Problem>({
    mutationFn: () =>
      call(contracts.createAlertSilence, {
        params: { env },
        body: {
          ...(app !== '' && { app }),
          ...(condition !== '' && { condition }),
          minutes: count,
          reason: reason.trim(),
        },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [contracts.listAlertSilences.id] });
      await client.invalidateQueries({ queryKey: [contracts.listAlerts.id] });
      onClose();
    },
  });
  return (
    <SidePanel title={t.alerts.silenceTitle} open onClose={onClose} width={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (isMinutes && reason.trim() !== '') silence.mutate();
        }}
      >
        <Stack gap={14}>
          <p className="quiet">{t.alerts.silenceIntro}</p>
          {silence.isError && <ProblemBox error={silence.error} />}
          <Field label={t.shell.app}>
            {({ id }) => (
              <Select
                id={id}
                showSearch
                value={app}
                onChange={setApp}
                options={[
                  { value: '', label: t.alerts.everyApp },
                  ...(apps.data?.items ?? []).map(({ name }) => ({ value: name, label: name })),
                ]}
              />
            )}
          </Field>
          <Field label={t.alerts.condition}>
            {({ id }) => (
              <Select<AlertCondition | ''>
                id={id}
                value={condition}
                onChange={setCondition}
                options={[
                  { value: '', label: t.alerts.everyCondition },
                  ...alertConditions.map((each) => ({ value: each, label: alertTitles[each][language] })),
                ]}
              />
            )}
          </Field>
          <Field label={t.alerts.minutes} error={tried && !isMinutes ? t.alerts.minutesRule : undefined}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                value={minutes}
                onChange={(event) => setMinutes(event.target.value.trim())}
              />
            )}
          </Field>
          <Field
            label={t.alerts.reason}
            error={tried && reason.trim() === '' ? t.common.required : undefined}
          >
            {(ids) => (
              <Input
                {...ids}
                maxLength={2000}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
          <Row end>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Action type="primary" htmlType="submit" blocked={may.reason} loading={silence.isPending}>
              {t.alerts.startSilence}
            </Action>
          </Row>
          <AsCommand
            line={[
              ...['sluice', 'alert', 'silence', '--env', env, '--minutes', minutes],
              ...(app === '' ? [] : ['--app', app]),
              ...(condition === '' ? [] : ['--condition', condition]),
              ...['--reason', reason || '…'],
            ]}
          />
        </Stack>
      </form>
    </SidePanel>
  );
}
