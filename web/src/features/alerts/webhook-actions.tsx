import { contracts, type Webhook, type WebhookOutcome } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row } from '../../ui/stack.tsx';

/** A test, on or off, and away; the second press takes it away. */
export function WebhookActions({ env, webhook }: { readonly env: string; readonly webhook: Webhook }) {
  const t = useAlertsText();
  const client = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const where = { params: { env, webhook: webhook.id } };
  const again = () => client.invalidateQueries({ queryKey: [contracts.listWebhooks.id] });
  const test = useMutation<WebhookOutcome, Problem>({
    mutationFn: () => call(contracts.testWebhook, where),
    onSettled: again,
  });
  const turn = useMutation<Webhook, Problem>({
    mutationFn: () => call(contracts.changeWebhook, { ...where, body: { enabled: !webhook.enabled } }),
    onSettled: again,
  });
  const remove = useMutation<undefined, Problem>({
    mutationFn: () => call(contracts.deleteWebhook, where),
    onSettled: again,
  });
  const failed = [test, turn, remove].find((each) => each.isError)?.error;
  const { data: outcome } = test;
  return (
    <>
      <Row end>
        <Button size="small" loading={test.isPending} onClick={() => test.mutate()}>
          {t.webhooks.test}
        </Button>
        <Button size="small" loading={turn.isPending} onClick={() => turn.mutate()}>
          {webhook.enabled ? t.webhooks.disable : t.webhooks.enable}
        </Button>
        <Button
          size="small"
          danger
          type={isAsked ? 'primary' : 'default'}
          loading={remove.isPending}
          onBlur={() => setAsked(false)}
          onClick={() => (isAsked ? remove.mutate() : setAsked(true))}
        >
          {isAsked ? t.webhooks.removeNow(webhook.name) : t.webhooks.remove}
        </Button>
      </Row>
      {failed && <ProblemBox error={failed} />}
      {outcome && (
        <Notice tone={outcome.ok ? 'ok' : 'bad'}>
          {outcome.ok
            ? t.webhooks.tested(outcome.reply)
            : t.webhooks.testFailed(
                outcome.status === undefined ? '' : ` (${outcome.status})`,
                outcome.reply,
              )}
        </Notice>
      )}
    </>
  );
}
