import { SluiceError } from '@sluice/core';
import type { EnvironmentEntity } from '../feed/change.entity.ts';

type Asking = Pick<EnvironmentEntity, 'approvals' | 'protected'>;

/** How many others must approve: as many as the environment says, and of a script, where it is protected, somebody. */
export const approvalsNeeded = (of: Asking, hasNewScripts: boolean): number =>
  Math.max(of.approvals, of.protected && hasNewScripts ? 1 : 0);

/**
 * Throws where others must approve first: a release that nobody proposed has no approvals. An emergency goes all the
 * same, and its push is flagged with the reason.
 */
export function requireNoApproval(
  environment: string,
  of: Asking,
  emergency: string | undefined,
  hasNewScripts = false,
): void {
  const needed = approvalsNeeded(of, hasNewScripts);
  if (needed === 0 || emergency !== undefined) return;
  throw new SluiceError('approval_required', { environment, needed, given: 0 });
}
