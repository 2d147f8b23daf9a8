import { type Access, allows, type Grant } from '@sluice/protocol';

export interface Somebody {
  readonly name: string;
  readonly kind: 'stranger' | 'person' | 'application';
  readonly grants: readonly Grant[];
}

export interface Place {
  readonly environment?: string;
  readonly app?: string;
}

/** `passes`, or the status of the refusal. */
export type Expected = 'passes' | 401 | 403 | 404;

/**
 * What the promises come to: a stranger is asked who he is; what one may not see is not there; what one sees but may
 * not do is forbidden; and an application has doors of its own.
 */
export function expectedAnswer(who: Somebody, access: Access, place: Place): Expected {
  if (access === 'public') return 'passes';
  if (who.kind === 'stranger') return 401;
  if (access === 'client') return who.kind === 'application' ? 'passes' : 401;
  if (who.kind === 'application') return 404;
  if (access === 'signedIn' || allows(who.grants, access, place)) return 'passes';
  const isNamed = place.environment !== undefined || place.app !== undefined;
  const isSeen = allows(who.grants, 'config:read', place) || allows(who.grants, 'instance:read', place);
  return isNamed && !isSeen ? 404 : 403;
}
