import { type RuleDraft } from '../rules/rule-value.ts';

export interface ScriptPlace {
  readonly env: string;
  readonly app: string;
}

const roles = ['decide', 'policy', 'fallback'] as const;

/** What the server needs to check or try a script; what came of it is of this script and of no other. */
export type ScriptToRun = {
  readonly role: (typeof roles)[number];
  readonly source: string;
  readonly inputs: string[];
};

export function scriptOf(draft: RuleDraft): ScriptToRun {
  return {
    role: roles.find((each) => each === draft.role) ?? ('decide' as const),
    source: typeof draft.source === 'string' ? draft.source : '',
    inputs: Array.isArray(draft.inputs) ? draft.inputs.map(String) : [],
  };
}
