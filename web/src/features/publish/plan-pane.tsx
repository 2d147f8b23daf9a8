import type { Push } from '@sluice/protocol';
import type { UseMutationResult } from '@tanstack/react-query';
import { Radio } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { PlanView } from '../../parts/plan/plan-view.tsx';
import { StartProblem } from '../../parts/plan/start-problem.tsx';
import type { Plan } from '../../parts/plan/use-plan.ts';
import type { StartBody } from '../../parts/plan/use-start.ts';
import { LoadingRows } from '../../ui/empty.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import type { ChoiceProps } from './choice-props.ts';
import type { TargetReading } from './choices.ts';

interface Props extends ChoiceProps {
  readonly plan: Plan;
  readonly reading: TargetReading;
  readonly start: UseMutationResult<Push, Problem, StartBody>;
  readonly full: boolean;
}

/** The frozen list beside the choices: who changes and how, why there is no list yet, or who stands in the way. */
export function PlanPane({ env, app, choices, choose, plan, reading, start, full }: Props) {
  const t = useDeliveryText();
  const problem = start.error ?? (plan.answer.isError ? plan.answer.error : undefined);
  const asksGrays = choices.mode === 'global' && (problem?.code === 'gray_conflict' || choices.grays);
  return (
    <Stack>
      {problem && problem.code !== 'approval_required' && (
        <StartProblem env={env} app={app} problem={problem} asked={choices.mode === 'global'} />
      )}
      {asksGrays && (
        <Section title={t.wizard.grays}>
          <Radio.Group
            aria-label={t.wizard.grays}
            value={choices.grays}
            onChange={(event) => choose({ grays: event.target.value as 'keep' | 'supersede' })}
          >
            <Stack gap={6}>
              <Radio value="keep">{t.wizard.graysKeep}</Radio>
              <Radio value="supersede">{t.wizard.graysSupersede}</Radio>
            </Stack>
          </Radio.Group>
        </Section>
      )}
      {reading.fault ? (
        <Notice tone="idle">
          {t.wizard.faults['missing' in reading.fault ? reading.fault.missing : reading.fault.wrong]}
        </Notice>
      ) : plan.answer.data && !plan.answer.isError ? (
        <div aria-busy={!plan.current} style={plan.current ? undefined : { opacity: 0.55 }}>
          <PlanView env={env} app={app} plan={plan.answer.data} full={full} />
        </div>
      ) : (
        plan.answer.isFetching && <LoadingRows label={t.common.loading} />
      )}
    </Stack>
  );
}
