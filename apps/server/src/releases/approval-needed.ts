import { SluiceError } from '@sluice/core';
import type { Taken } from '../feed/feed.ts';

/**
 * Throws where others must approve first: a release that nobody proposed has no approvals. An emergency goes all the
 * same, and its push is flagged with the reason.
 */
export function requireNoApproval(
  environment: string,
  { approvals }: Taken,
  emergency: string | undefined,
): void {
  if (approvals === 0 || emergency !== undefined) return;
  throw new SluiceError('approval_required', { environment, needed: approvals, given: 0 });
}
