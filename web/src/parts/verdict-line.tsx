import type { Push } from '@sluice/protocol';
import { clockTime, shortDigest } from '../lib/format.ts';
import { useText } from '../lib/i18n/language.ts';
import type { Tone } from '../ui/badge.tsx';
import { Notice } from '../ui/notice.tsx';
import { troubledStates } from './apply-state.ts';

const running = new Set<Push['state']>(['running', 'verifying']);

/** How a push stands, as a colour. */
export function pushTone(push: Push): Tone {
  const troubled = [...troubledStates].some((state) => push.verdict.counts[state] > 0);
  if (push.state === 'converged')
    return push.verdict.counts.offline > 0 && push.verdict.holding === 0 ? 'idle' : 'ok';
  if (push.state === 'diverged' || troubled) return 'bad';
  return 'busy';
}

/** The proof as one sentence: how many hold exactly this release, which content, and when that was checked. */
export function VerdictLine({ push, action }: { readonly push: Push; readonly action?: React.ReactNode }) {
  const t = useText();
  const { verdict } = push;
  const states = (['pending', 'rejected', 'failed', 'timeout', 'drifted', 'offline'] as const).filter(
    (state) => verdict.counts[state] > 0,
  );
  const rest = states.map((state) => t.push.countOf(verdict.counts[state], t.push.state[state]));
  return (
    <Notice tone={pushTone(push)} action={action}>
      <strong>
        {verdict.targets === 0
          ? t.push.nobody(push.release)
          : t.push.holds(verdict.holding, verdict.targets, push.release)}
      </strong>{' '}
      <span className="num">
        {t.push.proof(shortDigest(push.digest), clockTime(verdict.at))}
        {verdict.lastAppliedMs !== undefined &&
          !running.has(push.state) &&
          t.push.took(verdict.lastAppliedMs)}
      </span>
      {rest.length > 0 && <span> {rest.join(t.common.comma)}</span>}
    </Notice>
  );
}
