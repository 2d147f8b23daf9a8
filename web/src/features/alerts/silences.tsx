import { alertTitles } from '@sluice/core';
import { type AlertSilence, contracts } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMay } from '../../lib/access.ts';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Moment } from '../../ui/age.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';

/** What is kept from the webhooks now, each with its end. Nothing where there is none. */
export function Silences({ env }: { readonly env: string }) {
  const silences = useQuery({
    ...read(contracts.listAlertSilences, { params: { env } }),
    refetchInterval: 30_000,
  });
  const items = silences.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Stack gap={8}>
      {items.map((silence) => (
        <SilenceNotice key={silence.id} env={env} silence={silence} />
      ))}
    </Stack>
  );
}

function SilenceNotice({ env, silence }: { readonly env: string; readonly silence: AlertSilence }) {
  const t = useAlertsText();
  const language = useLanguage();
  const client = useQueryClient();
  const may = useMay('alert:use', { environment: env, app: silence.app ?? '*' });
  const end = useMutation<undefined, Problem>({
    mutationFn: () => call(contracts.endAlertSilence, { params: { env, silence: silence.id } }),
    onSettled: () =>
      Promise.all(
        [contracts.listAlertSilences.id, contracts.listAlerts.id].map((id) =>
          client.invalidateQueries({ queryKey: [id] }),
        ),
      ),
  });
  return (
    <Notice
      tone="warn"
      action={
        <Action size="small" blocked={may.reason} loading={end.isPending} onClick={() => end.mutate()}>
          {t.alerts.endSilence}
        </Action>
      }
    >
      <strong>{t.alerts.silenced}</strong>: {silence.app ?? t.alerts.everyApp} ·{' '}
      {silence.condition ? alertTitles[silence.condition][language] : t.alerts.everyCondition} ·{' '}
      {t.alerts.until} <Moment at={silence.until} /> · {silence.createdBy}: {silence.reason}
      {end.isError && <ProblemBox error={end.error} />}
    </Notice>
  );
}
