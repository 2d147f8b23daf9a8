import { Link } from '@tanstack/react-router';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';
import { clashesOf, movedOf } from './refusal-details.ts';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly problem: Problem;
  /** It is a question rather than a refusal: the answer to it is chosen beside it. */
  readonly asked?: boolean;
}

/** Why a push didn't start: who moved meanwhile, by name; or which other push stands in the way. */
export function StartProblem({ env, app, problem, asked = false }: Props) {
  const t = useDeliveryText();
  if (problem.code === 'plan_moved') {
    const { joined, left, changed } = movedOf(problem);
    const lists = [
      [t.plan.joined, joined],
      [t.plan.left, left],
      [t.plan.changedMeanwhile, changed],
    ] as const;
    return (
      <Notice tone="warn">
        <strong>{t.plan.moved}</strong>
        {lists.map(
          ([label, ids]) =>
            ids.length > 0 && (
              <p key={label}>
                {label}: <code>{ids.join(', ')}</code>
              </p>
            ),
        )}
      </Notice>
    );
  }
  if (problem.code === 'gray_conflict')
    return (
      <Stack gap={6}>
        {!asked && <ProblemBox error={problem} />}
        {clashesOf(problem).map(({ pushId, namespace, keys }) => (
          <Notice key={`${pushId} ${namespace}`} tone="warn">
            {t.plan.clash(namespace, keys.filter(Boolean))}{' '}
            <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app, push: pushId }}>
              {t.plan.otherPush}
            </Link>
          </Notice>
        ))}
      </Stack>
    );
  return <ProblemBox error={problem} />;
}
