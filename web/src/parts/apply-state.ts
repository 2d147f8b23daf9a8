import type { ApplyState } from '@sluice/core';
import type { Tone } from '../ui/badge.tsx';

/** How each state of an instance in a push looks: a sign of its own besides its colour. */
export const applyLook: Readonly<Record<ApplyState, { readonly tone: Tone; readonly sign: string }>> = {
  pending: { tone: 'busy', sign: '…' },
  applied: { tone: 'ok', sign: '✓' },
  rejected: { tone: 'bad', sign: '✕' },
  failed: { tone: 'bad', sign: '!' },
  timeout: { tone: 'warn', sign: '?' },
  offline: { tone: 'idle', sign: '○' },
  drifted: { tone: 'warn', sign: '≠' },
  repaired: { tone: 'ok', sign: '↺' },
  superseded: { tone: 'idle', sign: '»' },
};

/** States that somebody has to look at. */
export const troubledStates: ReadonlySet<ApplyState> = new Set<ApplyState>([
  'rejected',
  'failed',
  'timeout',
  'drifted',
]);

/** Those first, then what may still change, then what is well or no longer matters. */
export const worstFirst: readonly ApplyState[] = [
  ...troubledStates,
  'pending',
  'offline',
  'repaired',
  'applied',
  'superseded',
];
