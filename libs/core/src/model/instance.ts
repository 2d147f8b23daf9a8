/** What the control plane says of one instance and one push. */
export const applyStates = [
  'pending', // sent, or about to be
  'applied', // holds it: digest recomputed by the instance
  'rejected', // its check said no, the old value is kept
  'failed', // holds it, but a listener threw
  'timeout', // reachable and silent
  'offline', // not connected; gets it when it comes back
  'drifted', // says it applied, holds something else
  'repaired', // held something else, was sent it again, holds it now
  'superseded', // a newer release reached it first
] as const;
export type ApplyState = (typeof applyStates)[number];

/** How far an instance came with a delivery, in this order. */
export const applyStages = ['checked', 'persisted', 'swapped', 'listened'] as const;
export type ApplyStage = (typeof applyStages)[number];

/** Where the values that an instance serves come from. */
export type ReadyState = 'live' | 'snapshot' | 'defaults';

/** How the disk cache of an instance does; anything but `ok` means that it would not survive a restart without us. */
export type CacheState = 'ok' | 'off' | 'unwritable' | 'locked';
