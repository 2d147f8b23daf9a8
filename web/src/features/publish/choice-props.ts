import type { Instance } from '@sluice/protocol';
import type { Choices } from './choices.ts';

export interface ChoiceProps {
  readonly env: string;
  readonly app: string;
  readonly choices: Choices;
  readonly choose: (part: Partial<Choices>) => void;
  readonly instances: readonly Instance[];
}
