import { type AlertSeverity, alertSeverities } from '@sluice/core';
import { type AlertSettingNow, type BodyInputOf, contracts } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Action } from '../../ui/action.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { shareText } from './share-text.ts';

interface Props {
  readonly env: string;
  readonly app: string | undefined;
  readonly setting: AlertSettingNow;
  readonly onClose: () => void;
}

type Body = Omit<BodyInputOf<typeof contracts.changeAlertSetting>, 'app'>;

const isWhole = (text: string, min: number, max: number): boolean =>
  /^\d{1,7}$/.test(text) && Number(text) >= min && Number(text) <= max;

/** Says when a condition raises an alert, for an environment or one app, or takes back what was said there. */
export function ConditionPanel({ env, app, setting, onClose }: Props) {
  const t = useAlertsText();
  const language = useLanguage();
  const client = useQueryClient();
  const [enabled, setEnabled] = useState(setting.enabled);
  const [severity, setSeverity] = useState<AlertSeverity>(setting.severity);
  const [forSec, setForSec] = useState(String(setting.forSec));
  const [share, setShare] = useState(setting.threshold === undefined ? '' : shareText(setting.threshold));
  const [minCalls, setMinCalls] = useState(String(setting.minCalls ?? ''));
  const may = useMay('alert:manage', { environment: env, app: app ?? '*' });
  const percent = Number(share);
  const isShare = setting.threshold === undefined || (percent >= 0.1 && percent <= 100);
  const isCalls = setting.minCalls === undefined || isWhole(minCalls, 1, 1_000_000);
  const isTime = isWhole(forSec, 0, 86_400);
  const change = useMutation<AlertSettingNow, Problem, Body>({
    mutationFn: (body) =>
      call(contracts.changeAlertSetting, {
        params: { env, condition: setting.condition },
        body: { ...body, ...(app !== undefined && { app }) },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [contracts.listAlertSettings.id] });
      onClose();
    },
  });
  const save = (): void => {
    if (!isTime || !isShare || !isCalls) return;
    change.mutate({
      enabled,
      severity,
      forSec: Number(forSec),
      ...(setting.threshold !== undefined && { threshold: percent / 100 }),
      ...(setting.minCalls !== undefined && { minCalls: Number(minCalls) }),
    });
  };
  const nothing = { enabled: null, severity: null, forSec: null, threshold: null, minCalls: null };
  const isSaidHere = setting.from === (app === undefined ? 'environment' : 'app');
  return (
    <SidePanel title={t.alerts.changeTitle(setting.title[language])} open onClose={onClose} width={520}>
      <Stack gap={14}>
        <p className="quiet">{app ?? t.alerts.wholeEnvironment(env)}</p>
        {change.isError && <ProblemBox error={change.error} />}
        <Field label={t.alerts.enabled}>
          {({ id }) => (
            <div>
              <Switch id={id} checked={enabled} onChange={setEnabled} />
            </div>
          )}
        </Field>
        <Field label={t.alerts.severity}>
          {({ id }) => (
            <Select<AlertSeverity>
              id={id}
              value={severity}
              onChange={setSeverity}
              options={alertSeverities.map((each) => ({ value: each, label: t.alerts.severities[each] }))}
            />
          )}
        </Field>
        <Field label={t.alerts.forSec} error={isTime ? undefined : t.alerts.numberRule(0, 86_400)}>
          {(ids) => (
            <Input
              {...ids}
              inputMode="numeric"
              suffix={t.alerts.seconds}
              value={forSec}
              onChange={(event) => setForSec(event.target.value.trim())}
            />
          )}
        </Field>
        {setting.threshold !== undefined && (
          <Field label={t.alerts.threshold} error={isShare ? undefined : t.alerts.shareRule}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                suffix="%"
                value={share}
                onChange={(event) => setShare(event.target.value.trim())}
              />
            )}
          </Field>
        )}
        {setting.minCalls !== undefined && (
          <Field label={t.alerts.minCalls} error={isCalls ? undefined : t.alerts.numberRule(1, 1_000_000)}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                suffix={t.alerts.calls}
                value={minCalls}
                onChange={(event) => setMinCalls(event.target.value.trim())}
              />
            )}
          </Field>
        )}
        <Row end>
          {isSaidHere && (
            <Action
              blocked={may.reason}
              loading={change.isPending}
              onClick={() => {
                const { threshold, minCalls: calls, ...always } = nothing;
                change.mutate({
                  ...always,
                  ...(setting.threshold !== undefined && { threshold }),
                  ...(setting.minCalls !== undefined && { minCalls: calls }),
                });
              }}
            >
              {t.alerts.reset}
            </Action>
          )}
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Action type="primary" blocked={may.reason} loading={change.isPending} onClick={save}>
            {t.alerts.save}
          </Action>
        </Row>
        <AsCommand
          line={[
            ...['sluice', 'alert', 'set', setting.condition, '--env', env],
            ...(app === undefined ? [] : ['--app', app]),
            ...[enabled ? '--on' : '--off', '--severity', severity, '--for', `${forSec}s`],
            ...(setting.threshold === undefined ? [] : ['--threshold', `${share}%`]),
            ...(setting.minCalls === undefined ? [] : ['--min-calls', minCalls]),
          ]}
        />
      </Stack>
    </SidePanel>
  );
}
