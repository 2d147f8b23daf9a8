import { type Alert, contracts } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Action } from '../../ui/action.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row } from '../../ui/stack.tsx';

/** Says that the reader looks after it, with a word of what he does if he likes. */
export function Acknowledge({ env, alert }: { readonly env: string; readonly alert: Alert }) {
  const t = useAlertsText();
  const client = useQueryClient();
  const [note, setNote] = useState<string>();
  const may = useMay('alert:use', { environment: env, app: alert.app ?? '*' });
  const acknowledge = useMutation<Alert, Problem>({
    mutationFn: () =>
      call(contracts.acknowledgeAlert, { params: { env, alert: alert.id }, body: { note: note ?? '' } }),
    onSettled: () => client.invalidateQueries({ queryKey: [contracts.listAlerts.id] }),
  });
  const send = (
    <Action
      size="small"
      blocked={may.reason}
      loading={acknowledge.isPending}
      onClick={() => (note === undefined ? setNote('') : acknowledge.mutate())}
    >
      {t.alerts.acknowledge}
    </Action>
  );
  if (note === undefined) return send;
  return (
    <>
      <Row end>
        <Input
          size="small"
          autoFocus
          aria-label={t.alerts.note}
          placeholder={t.alerts.note}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onPressEnter={() => acknowledge.mutate()}
        />
        {send}
      </Row>
      <AsCommand
        line={[...['sluice', 'alert', 'ack', alert.id, '--env', env], ...(note === '' ? [] : ['-m', note])]}
      />
      {acknowledge.isError && <ProblemBox error={acknowledge.error} />}
    </>
  );
}
