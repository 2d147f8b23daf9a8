import { contracts, type Push } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMay, useMe } from '../../lib/access.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf, read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { StartProblem } from '../../parts/plan/start-problem.tsx';
import { Action } from '../../ui/action.tsx';
import { Moment } from '../../ui/age.tsx';
import { Section } from '../../ui/page.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

/** Who approved a proposed push, and the two acts that it waits for: one more approval, then the start. */
export function Approvals({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const client = useQueryClient();
  const me = useMe();
  const params = { env: push.environment, app: push.app, push: push.id };
  const may = useMay('config:publish', { environment: push.environment, app: push.app });
  const waiting = push.state === 'planned';
  const plan = useQuery({ ...read(contracts.getPushPlan, { params }), enabled: waiting });
  const { needed, given } = push.approval ?? { needed: 0, given: [] };
  const after = (next: Push): void => {
    client.setQueryData(keyOf(contracts.getPush, { params }), next);
    void client.invalidateQueries({ queryKey: [contracts.listPushes.id] });
  };
  const act = useMutation<Push, Problem, 'approvePush' | 'startProposedPush'>({
    mutationFn: (operation) =>
      operation === 'approvePush'
        ? call(contracts.approvePush, { params, body: { plan: plan.data!.hash } })
        : call(contracts.startProposedPush, { params, body: { plan: plan.data!.hash } }),
    onSuccess: after,
    onError: () => void plan.refetch(),
  });
  const missing = needed - given.length;
  const loading = plan.data ? undefined : t.common.loading;
  const own = given.some(({ by }) => by === me?.name)
    ? t.approval.yours
    : me?.name === push.createdBy
      ? t.approval.own
      : undefined;
  return (
    <Section
      title={needed > 0 ? t.approval.title : t.approval.proposed}
      aside={needed > 0 && t.approval.count(given.length, needed)}
    >
      <Stack>
        {act.isError && <StartProblem env={push.environment} app={push.app} problem={act.error} />}
        {given.length === 0 ? (
          <p className="quiet">{needed > 0 ? t.approval.none : t.approval.notNeeded}</p>
        ) : (
          <ul style={{ margin: 0, paddingLeft: 18 }}>
            {given.map(({ by, at }) => (
              <li key={`${by} ${at}`}>
                {t.approval.by(by)} <Moment at={at} />
              </li>
            ))}
          </ul>
        )}
        {waiting && (
          <Row>
            {needed > 0 && (
              <Action
                blocked={may.reason ?? own ?? loading}
                loading={act.isPending && act.variables === 'approvePush'}
                onClick={() => act.mutate('approvePush')}
              >
                {t.approval.approve}
              </Action>
            )}
            <Action
              type="primary"
              blocked={may.reason ?? (missing > 0 ? t.approval.missing(missing) : loading)}
              loading={act.isPending && act.variables === 'startProposedPush'}
              onClick={() => act.mutate('startProposedPush')}
            >
              {t.approval.start(plan.data?.counts.targets ?? 0)}
            </Action>
          </Row>
        )}
        {waiting && (
          <AsCommand
            line={[
              ...['sluice', 'push', missing > 0 ? 'approve' : 'start', push.app, push.id],
              ...['--env', push.environment],
            ]}
          />
        )}
      </Stack>
    </Section>
  );
}
