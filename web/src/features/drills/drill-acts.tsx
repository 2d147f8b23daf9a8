import { contracts, type DrillDetail } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../lib/access.ts';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { isDesigned } from './drill-state.tsx';
import { usePlan } from './use-plan.ts';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly drill: DrillDetail;
}

/** Start, STOP, look again, throw away, and once more from the beginning. */
export function DrillActs({ env, app, drill }: Props) {
  const t = useDrillsText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const params = { env, app, drill: drill.drillId };
  const may = useMay('drill:run', { environment: env, app });
  const keep = (next: DrillDetail): void => {
    client.setQueryData(keyOf(contracts.getDrill, { params }), next);
    void client.invalidateQueries({ queryKey: [contracts.listDrills.id] });
  };
  const start = useMutation<DrillDetail, Problem>({
    mutationFn: () => call(contracts.startDrill, { params }),
    onSuccess: keep,
  });
  const check = useMutation<DrillDetail, Problem>({
    mutationFn: () => call(contracts.checkDrill, { params }),
    onSuccess: keep,
  });
  const stop = useMutation<DrillDetail, Problem>({
    mutationFn: () => call(contracts.abortDrill, { params, body: {} }),
    onSuccess: keep,
  });
  const remove = useMutation<undefined, Problem>({
    mutationFn: () => call(contracts.deleteDrill, { params }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [contracts.listDrills.id] });
      await navigate({ to: '/environments/$env/apps/$app/drills', params: { env, app } });
    },
  });
  const failed = [start, check, stop, remove].find((each) => each.isError)?.error;
  const design = (edit?: 'yes') =>
    void navigate({
      to: '/environments/$env/apps/$app/drills/new',
      params: { env, app },
      search: { of: drill.drillId, edit },
    });
  const plan = usePlan(env, app, isDesigned(drill.state) ? drill.definition : undefined);
  const targets = plan.data?.targets.length ?? drill.targets;
  return (
    <Stack gap={8}>
      <Row end>
        {drill.state === 'running' && (
          <Action
            type="primary"
            danger
            autoFocus
            blocked={may.reason}
            loading={stop.isPending}
            onClick={() => stop.mutate()}
          >
            {t.drills.stop}
          </Action>
        )}
        {isDesigned(drill.state) && (
          <>
            <Action danger blocked={may.reason} loading={remove.isPending} onClick={() => remove.mutate()}>
              {t.drills.remove}
            </Action>
            <Action blocked={may.reason} onClick={() => design('yes')}>
              {t.drills.change}
            </Action>
            <Action blocked={may.reason} loading={check.isPending} onClick={() => check.mutate()}>
              {t.drills.checkAgain}
            </Action>
            <Action
              type="primary"
              blocked={may.reason}
              loading={start.isPending}
              onClick={() => start.mutate()}
            >
              {t.drills.startOn(targets)}
            </Action>
          </>
        )}
        {drill.state !== 'running' && <Action onClick={() => design()}>{t.drills.again}</Action>}
      </Row>
      {failed && <ProblemBox error={failed} />}
    </Stack>
  );
}
