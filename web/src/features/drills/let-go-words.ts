import type { DrillReport } from '@sluice/protocol';
import { count } from '../../lib/format.ts';
import type { DrillsTexts } from '../../lib/i18n/drills/drills-texts.ts';

type LetGo = Pick<DrillReport['faults'][number], 'overBudget' | 'notInjectable'>;

/** Calls that a fault drew and did not break, which count as expected: without them the figures don't add up. */
export const letGoWords = ({ overBudget, notInjectable }: LetGo, t: Pick<DrillsTexts, 'drills'>): string =>
  [
    ...(overBudget > 0 ? [t.drills.overBudget(count(overBudget))] : []),
    ...(notInjectable > 0 ? [t.drills.notInjectable(count(notInjectable))] : []),
  ].join(' · ');
