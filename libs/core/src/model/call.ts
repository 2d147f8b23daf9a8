import type { ResourceType } from './resource.ts';

/** Header names are in lower case, as Node gives them; of a header or parameter that came twice, the first counts. */
export type CallFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What rules may look at in a call. Everything is optional: what an adapter can't know is absent. */
export interface CallInputs {
  /** The app or service that calls. */
  readonly origin?: string;
  readonly user?: string;
  readonly ip?: string;
  readonly headers?: CallFields;
  readonly query?: CallFields;
  /** Arguments of the guarded function, in their order. */
  readonly args?: readonly unknown[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** One call through a resource, as rules see it. */
export interface Call extends CallInputs {
  /** A route pattern or a name, never a raw path: `GET /books/:id`, `rpc:accounts.debit`. */
  readonly resource: string;
  readonly type: ResourceType;
}

export const outcomes = ['success', 'error', 'abort'] as const;
/** How a call ended. `abort`: the caller gave up or it never ran, which says nothing about the health of what was called. */
export type Outcome = (typeof outcomes)[number];

export const blockCodes = ['denied', 'degraded', 'overloaded', 'limited', 'breakerOpen'] as const;
/** Why a call was refused: by an access, a degrade, a system, a limit or a breaker rule. */
export type BlockCode = (typeof blockCodes)[number];
