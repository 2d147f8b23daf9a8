import { BlockedError } from '@sluice/client';
import type { CallCounts } from './call-counts.ts';

/** Why a call brought nothing. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly end: 'refused' | 'timeouts' | 'errors';
  readonly status?: number;

  constructor(end: 'refused' | 'timeouts' | 'errors', message: string, status?: number) {
    super(message);
    this.end = end;
    if (status !== undefined) this.status = status;
  }
}

export interface JsonCall {
  readonly peer: string;
  readonly address: string | undefined;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
  /** Carries the call; the global `fetch` when absent. */
  readonly fetch?: typeof fetch;
}

/** One HTTP call to a peer: an answer in time, a `CallFailed` or the refusal of a rule, and counted either way. */
export async function callJson<T>(call: JsonCall, counts: CallCounts): Promise<T> {
  try {
    const answer = await send<T>(call);
    counts.count(call.peer, 'ok');
    return answer;
  } catch (error) {
    if (error instanceof BlockedError) {
      counts.count(call.peer, 'refused');
      throw error;
    }
    const failed = error instanceof CallFailed ? error : named(error, call);
    counts.count(call.peer, failed.end);
    throw failed;
  }
}

async function send<T>(call: JsonCall): Promise<T> {
  if (call.address === undefined) throw new CallFailed('errors', `no address of ${call.peer} is known`);
  const carry = call.fetch ?? fetch;
  const response = await carry(new URL(call.path, call.address), {
    method: call.method,
    signal: AbortSignal.timeout(call.timeoutMs),
    ...(call.body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call.body),
    }),
  });
  const text = await response.text();
  if (response.status >= 500)
    throw new CallFailed('errors', `${call.peer} answered ${response.status}`, response.status);
  if (!response.ok)
    throw new CallFailed('refused', `${call.peer} answered ${response.status}: ${text}`, response.status);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function named(error: unknown, call: JsonCall): CallFailed {
  if ((error as { name?: unknown } | null)?.name === 'TimeoutError')
    return new CallFailed('timeouts', `${call.peer} did not answer within ${call.timeoutMs} ms`);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new CallFailed('errors', `${call.peer}: ${cause instanceof Error ? cause.message : String(cause)}`);
}
