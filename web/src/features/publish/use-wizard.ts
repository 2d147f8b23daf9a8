import type { Push } from '@sluice/protocol';
import type { UseMutationResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type DeliveryTexts, useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { type Plan, type Proposal, usePlan } from '../../parts/plan/use-plan.ts';
import { type StartBody, useStart } from '../../parts/plan/use-start.ts';
import type { Choices, TargetReading } from './choices.ts';
import type { ChangeSet } from './use-change-set.ts';

interface Input {
  readonly set: ChangeSet;
  readonly choices: Choices;
  readonly reading: TargetReading;
  readonly message: string;
  readonly emergency: string;
  /** Called when others have to approve first. */
  readonly onApprovalNeeded: () => void;
}

export interface Wizard {
  /** What would be pushed; absent while something is missing. */
  readonly proposal: Proposal | undefined;
  readonly plan: Plan;
  readonly start: UseMutationResult<Push, Problem, StartBody>;
  /** Why it can't start yet. */
  readonly blocked: string | undefined;
  readonly submit: () => void;
}

/** From what was chosen to the frozen list of those who get it, and from there to the push. */
export function useWizard(place: { env: string; app: string }, input: Input): Wizard {
  const t = useDeliveryText();
  const navigate = useNavigate();
  const { set, message, emergency } = input;
  const proposal = proposalOf(input);
  const plan = usePlan(place, proposal, set.version);
  const start = useStart(
    place,
    (push) =>
      void navigate({
        to: '/environments/$env/apps/$app/pushes/$push',
        params: { ...place, push: push.id },
      }),
  );
  const blocked = missingOf(input, t) ?? planState(plan, t);
  const submit = (): void => {
    if (blocked !== undefined || !proposal || !plan.answer.data || start.isPending || start.isSuccess) return;
    const reason = emergency.trim();
    start.mutate(
      { ...proposal, message, plan: plan.answer.data.hash, ...(reason && { emergency: reason }) },
      {
        onError: (problem) => {
          if (problem.code === 'plan_moved') void plan.answer.refetch();
          if (problem.code === 'approval_required') input.onApprovalNeeded();
        },
      },
    );
  };
  return { proposal, plan, start, blocked, submit };
}

const isReady = ({ set }: Input): boolean =>
  !set.loading && set.changes.length > 0 && set.unchanged.length === 0 && set.overtaken.length === 0;

function proposalOf(input: Input): Proposal | undefined {
  const { set, choices, reading } = input;
  if (!isReady(input) || !reading.target) return undefined;
  const box = choices.mode === 'global' ? undefined : choices.expires;
  return {
    changes: [...set.changes],
    target: reading.target,
    twoPhase: choices.twoPhase,
    ...(box !== undefined && { expiresInMs: box }),
  };
}

function missingOf(input: Input, t: DeliveryTexts): string | undefined {
  const { set, reading } = input;
  if (set.loading) return t.common.loading;
  if (set.overtaken.length > 0) return t.merge.first;
  if (!isReady(input)) return t.publish.nothingToPublish;
  return reading.fault ? t.wizard.noTarget : undefined;
}

function planState(plan: Plan, t: DeliveryTexts): string | undefined {
  if (plan.answer.isError) return t.wizard.planRefused;
  return plan.current ? undefined : t.wizard.planComing;
}
