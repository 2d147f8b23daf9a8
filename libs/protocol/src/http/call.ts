import type { z } from 'zod';
import type { Contract } from './contract.ts';

/** What a caller gives to an operation. Absent parts must be allowed to be absent by the contract. */
export interface CallInput<C> {
  params?: C extends Contract<infer P, z.ZodType, z.ZodType, z.ZodType> ? z.input<P> : never;
  query?: C extends Contract<z.ZodType, infer Q, z.ZodType, z.ZodType> ? Partial<z.input<Q>> : never;
  body?: C extends Contract<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.input<B> : never;
  ifMatch?: string;
  idempotencyKey?: string;
}

/** A request as `fetch` wants it; pure, so that every caller builds it the same way. */
export interface BuiltRequest {
  readonly method: string;
  /** From the root, with its query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/**
 * Fills a contract's path, query, headers and body. Every state-changing request carries the header that proves that a
 * program of ours wrote it. Throws a `TypeError` for a part of the path that is missing, empty, or would lead elsewhere
 * (`.`, `..`): such a request would reach another operation.
 */
export function buildRequest<C extends Contract>(c: C, input: CallInput<C>): BuiltRequest {
  const params = (input.params ?? {}) as Record<string, string | number>;
  const path = c.path.replace(/:(\w+)/g, (_, key: string) => {
    const value = String(params[key] ?? '');
    if (['', '.', '..'].includes(value)) throw new TypeError(`${c.id} needs ${key}, got "${value}"`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries((input.query ?? {}) as Record<string, unknown>))
    if (value !== undefined) query.set(key, String(value));
  const headers: Record<string, string> = { accept: 'application/json' };
  if (c.method !== 'GET') headers['x-sluice'] = '1';
  if (input.ifMatch !== undefined) headers['if-match'] = input.ifMatch;
  if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey;
  const search = query.size > 0 ? `?${query}` : '';
  if (input.body === undefined) return { method: c.method, path: path + search, headers };
  headers['content-type'] = 'application/json';
  return { method: c.method, path: path + search, headers, body: JSON.stringify(input.body) };
}
