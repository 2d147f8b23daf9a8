import type { Push } from '@sluice/protocol';
import { clockTime, shortDigest } from '../lib/format.ts';
import { useText } from '../lib/i18n/language.ts';
import type { Tone } from '../ui/badge.tsx';
import { Notice } from '../ui/notice.tsx';
import { troubledStates } from './apply-state.ts';
import { heldThing } from './push-words.ts';

const running = new Set<Push['state']>(['running', 'verifying', 'promoting']);

/** How a push stands, as a colour. */
export function pushTone(push: Push): Tone {
  const troubled = [...troubledStates].some((state) => push.verdict.counts[state] > 0);
  switch (push.state) {
    case 'converged':
    case 'promoted':
      if (push.verdict.targets === 0) return 'idle';
      return push.verdict.counts.offline > 0 && push.verdict.holding === 0 ? 'idle' : 'ok';
    case 'abandoned':
    case 'draft':
      return 'idle';
    case 'planned':
      return 'accent';
    case 'diverged':
    case 'halted':
      return 'bad';
    case 'paused':
      return troubled ? 'bad' : 'warn';
    default:
      return troubled ? 'bad' : 'busy';
  }
}

/** The proof as one sentence: how many hold exactly this release, which content, and when that was checked. */
export function VerdictLine({ push, action }: { readonly push: Push; readonly action?: React.ReactNode }) {
  const t = useText();
  const { verdict } = push;
  const digest = push.namespaces.length === 1 ? push.namespaces[0]!.digest : undefined;
  const states = (['pending', 'rejected', 'failed', 'timeout', 'drifted', 'offline'] as const).filter(
    (state) => verdict.counts[state] > 0,
  );
  const rest = states.map((state) => t.push.countOf(verdict.counts[state], t.push.state[state]));
  return (
    <Notice tone={pushTone(push)} action={action}>
      <strong>
        {verdict.targets === 0
          ? t.push.nobody(heldThing(push, t))
          : t.push.holds(verdict.holding, verdict.targets, heldThing(push, t))}
      </strong>{' '}
      <span className="num">
        {digest === undefined
          ? t.push.checked(clockTime(verdict.at))
          : t.push.proof(shortDigest(digest), clockTime(verdict.at))}
        {verdict.lastAppliedMs !== undefined &&
          push.mode !== 'gray' &&
          !running.has(push.state) &&
          t.push.took(verdict.lastAppliedMs)}
      </span>
      {rest.length > 0 && <span> {rest.join(t.common.comma)}</span>}
    </Notice>
  );
}
