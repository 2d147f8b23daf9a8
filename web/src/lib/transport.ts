import { buildRequest, type CallInput, type Contract, type ResponseOf } from '@sluice/protocol';
import { queryOptions } from '@tanstack/react-query';
import { heardServerTime } from './clock.ts';
import { currentLanguage, currentTexts } from './i18n/language.ts';
import { Problem, problemOf } from './problem.ts';

/** Calls one operation of the server. Throws a `Problem`, nothing else. */
export async function call<C extends Contract>(
  c: C,
  input: CallInput<C> = {},
  signal?: AbortSignal,
): Promise<ResponseOf<C>> {
  const request = buildRequest(c, input);
  const askedMs = Date.now();
  let response: Response;
  try {
    response = await fetch(request.path, {
      method: request.method,
      headers: { ...request.headers, 'accept-language': currentLanguage() === 'zh' ? 'zh-CN' : 'en' },
      credentials: 'same-origin',
      ...(request.body !== undefined && { body: request.body }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Problem(0, { code: 'unreachable', message: currentTexts().problem.unreachable });
  }
  heardServerTime(response.headers.get('date'), askedMs);
  if (!response.ok) throw await problemOf(response);
  if (c.status === 204) return undefined as ResponseOf<C>;
  const parsed = c.response.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success)
    throw new Problem(response.status, {
      code: 'unreadable_answer',
      message: currentTexts().problem.unreadableAnswer(c.id),
    });
  return parsed.data as ResponseOf<C>;
}

/** The cache key of a read: its operation, then where. Live updates patch by the same keys. */
export function keyOf<C extends Contract>(c: C, input: CallInput<C> = {}): readonly unknown[] {
  return [c.id, input.params ?? {}, input.query ?? {}];
}

/** A read of the server for `useQuery`, under one key wherever it is asked for. */
export function read<C extends Contract>(c: C, input: CallInput<C> = {}) {
  return queryOptions<ResponseOf<C>, Problem>({
    queryKey: keyOf(c, input),
    queryFn: ({ signal }) => call(c, input, signal),
  });
}

/** A fresh key for one intent, so that a retry of it is not a second one. Works without a secure context. */
export function newIntentKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
