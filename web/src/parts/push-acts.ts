import type { Push } from '@sluice/protocol';

export const acts = ['advance', 'pause', 'resume', 'promote', 'repush', 'abandon', 'rollback'] as const;
export type Act = (typeof acts)[number];

const inSteps: ReadonlySet<Push['state']> = new Set(['running', 'paused']);
const promotable: ReadonlySet<Push['state']> = new Set(['running', 'paused', 'verifying', 'converged']);
const standing: ReadonlySet<Push['state']> = new Set([
  'running',
  'paused',
  'verifying',
  'converged',
  'diverged',
  'halted',
]);

/** Whether what a push laid for some instances is still there. */
export function isInForce(push: Push, now: number): boolean {
  if (push.mode === 'global' || !standing.has(push.state)) return false;
  return push.expiresAt === undefined || new Date(push.expiresAt).getTime() > now;
}

/** What can be done with a push in its present state, in the order in which it is offered. */
export function actsOf(push: Push): readonly Act[] {
  const { mode, state, step, verdict } = push;
  if (state === 'planned') return ['abandon'];
  const found: Act[] = [];
  if (mode === 'gray') {
    if (state === 'running') found.push('pause');
    if (state === 'paused') found.push('resume');
    if (inSteps.has(state) && step && step.index + 1 < step.of) found.push('advance');
    if (promotable.has(state)) found.push('promote');
  }
  const reachable = verdict.targets - verdict.counts.offline;
  if ((state === 'converged' || state === 'diverged') && verdict.holding < reachable) found.push('repush');
  if (mode !== 'global' && standing.has(state)) found.push('abandon');
  if (mode === 'global' && (state === 'converged' || state === 'diverged' || state === 'running'))
    found.push('rollback');
  return found;
}
