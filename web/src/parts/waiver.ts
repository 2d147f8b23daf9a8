import type { Push, PushActPlan } from '@sluice/protocol';

/** Whether it may, or has to, be said that an act goes on in spite of how the members do. */
export function waiverOf(
  { step }: Pick<Push, 'step'>,
  act: 'advance' | 'promote' | 'abandon' | 'rollback',
  health: PushActPlan['health'],
): 'none' | 'optional' | 'needed' {
  if (act === 'promote') return health?.isWorse ? 'needed' : 'none';
  const waits = act === 'advance' && step?.waits.some((wait) => wait.for === 'health');
  return waits && health?.health !== 'breached' ? 'optional' : 'none';
}
