import type { ErrorCode } from '@sluice/core';
import type { z } from 'zod';
import type { Permission } from './permissions.ts';

/**
 * Who may call an operation: `public` anybody, `signedIn` any user or API token, `client` the token of an
 * application, else the permission that is needed in the environment and app of the path.
 */
export type Access = 'public' | 'signedIn' | 'client' | Permission;

/** One operation, whole: server, console, command line and OpenAPI read the same object. */
export interface Contract<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> {
  readonly id: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` placeholders, from the root. */
  readonly path: string;
  readonly access: Access;
  readonly params: Params;
  readonly query: Query;
  /** `z.undefined()` when there is none. */
  readonly body: Body;
  /** Status of success. 204 has no body. */
  readonly status: 200 | 201 | 202 | 204;
  readonly response: Response;
  /** `required`: a write without `If-Match` is 428, one whose base moved is 412. */
  readonly ifMatch?: 'required';
  /** A retry with the same `Idempotency-Key` gets the first answer. */
  readonly idempotent?: boolean;
  /** Codes of its own; the general ones (401, 403, 404, 415, 422, 503) go without saying. */
  readonly errors?: readonly ErrorCode[];
}

export function contract<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  c: Contract<P, Q, B, R>,
): Contract<P, Q, B, R> {
  return c;
}

export type ParamsOf<C> = C extends Contract<infer P, z.ZodType, z.ZodType, z.ZodType> ? z.output<P> : never;
export type QueryOf<C> = C extends Contract<z.ZodType, infer Q, z.ZodType, z.ZodType> ? z.output<Q> : never;
export type QueryInputOf<C> =
  C extends Contract<z.ZodType, infer Q, z.ZodType, z.ZodType> ? z.input<Q> : never;
export type BodyOf<C> = C extends Contract<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.output<B> : never;
export type BodyInputOf<C> =
  C extends Contract<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.input<B> : never;
export type ResponseOf<C> =
  C extends Contract<z.ZodType, z.ZodType, z.ZodType, infer R> ? z.output<R> : never;
