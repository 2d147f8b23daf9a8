import type { ScriptRule } from '@sluice/core';

/** The fields of a rule that say how its script runs. */
export type ScriptOptions = Pick<ScriptRule, 'source' | 'inputs' | 'timeoutMs' | 'onError'>;
