import type { Outcome } from '@sluice/core';

/** What the status of an HTTP answer says of the health of who gave it: 5xx is an error, all else a success. */
export function outcomeOfStatus(status: number): Outcome {
  return status >= 500 ? 'error' : 'success';
}
