import { contracts, type Push } from '@sluice/protocol';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useRef } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, newIntentKey } from '../../lib/transport.ts';
import type { Proposal } from '../../parts/plan/use-plan.ts';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly reason: string;
  readonly say: (reason: string) => void;
  readonly proposal: (Proposal & { readonly message: string }) | Proposal | undefined;
}

/** Where others have to approve: ask them, or go without them for a reason that everybody will read. */
export function Approval({ env, app, reason, say, proposal }: Props) {
  const t = useDeliveryText();
  const navigate = useNavigate();
  const intent = useRef(newIntentKey());
  const propose = useMutation<Push, Problem>({
    mutationFn: () =>
      call(contracts.proposePush, {
        params: { env, app },
        body: proposal!,
        idempotencyKey: intent.current,
      }),
    onSuccess: (push) =>
      void navigate({
        to: '/environments/$env/apps/$app/pushes/$push',
        params: { env, app, push: push.id },
      }),
  });
  return (
    <Stack>
      <Notice
        tone="warn"
        action={
          <Button
            type="primary"
            size="small"
            loading={propose.isPending}
            disabled={!proposal}
            onClick={() => propose.mutate()}
          >
            {t.approval.propose}
          </Button>
        }
      >
        {t.approval.needed(env)}
      </Notice>
      {propose.isError && <ProblemBox error={propose.error} />}
      <Field label={t.approval.emergency} hint={t.approval.emergencyHint}>
        {(ids) => (
          <Input {...ids} maxLength={2000} value={reason} onChange={(event) => say(event.target.value)} />
        )}
      </Field>
    </Stack>
  );
}
