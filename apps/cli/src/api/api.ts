import { randomUUID } from 'node:crypto';
import {
  type BuiltRequest,
  buildRequest,
  type CallInput,
  type Contract,
  contracts,
  errorBody,
  type ResponseOf,
} from '@sluice/protocol';
import { CliError, usageError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import type { Reply, Transport } from './transport.ts';

/** The server's operations, each called by its contract and its answer checked against it. */
export interface Api {
  /** Throws a `ServerError` for a refusal, a `CliError` when there is no usable answer. */
  call<C extends Contract>(contract: C, input?: CallInput<C>): Promise<ResponseOf<C>>;
}

export { contracts };

/** A lost connection in the middle of a write is asked again with the same key, so that it happens once. */
const tries = 3;

export function createApi(transport: Transport): Api {
  return {
    async call(contract, input = {}) {
      const idempotencyKey = contract.idempotent ? randomUUID() : undefined;
      const request = requestOf(contract, { ...input, ...(idempotencyKey && { idempotencyKey }) });
      const repeatable = contract.method === 'GET' || contract.idempotent === true;
      const reply = await send(() => transport(request), repeatable ? tries : 1);
      return answerOf(contract, reply);
    },
  };
}

/** A name of the command line that can be no part of an address is a mistake of who typed it. */
function requestOf<C extends Contract>(contract: C, input: CallInput<C>): BuiltRequest {
  try {
    return buildRequest(contract, input);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageError(
      { en: 'A name cannot be empty, "." or "..".', zh: '名称不能为空，也不能是“.”或“..”。' },
      {
        en: 'Look at what was typed: a variable of the shell may be empty.',
        zh: '请检查输入：可能有 shell 变量为空。',
      },
    );
  }
}

async function send(once: () => Promise<Reply>, left: number): Promise<Reply> {
  try {
    return await once();
  } catch (error) {
    const lost =
      error instanceof CliError && /ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(String(error.params.reason));
    if (!lost || left <= 1) throw error;
    return send(once, left - 1);
  }
}

/** What a reply says by its contract. */
export function answerOf<C extends Contract>(contract: C, reply: Reply): ResponseOf<C> {
  const body = jsonOf(reply);
  if (reply.status !== contract.status) throw refusal(reply, body);
  const parsed = contract.response.safeParse(contract.status === 204 ? undefined : body);
  if (!parsed.success) throw strange(reply);
  return parsed.data as ResponseOf<C>;
}

function jsonOf(reply: Reply): unknown {
  if (!reply.headers['content-type']?.includes('json')) return reply.text || undefined;
  try {
    return JSON.parse(reply.text);
  } catch {
    return reply.text;
  }
}

function refusal(reply: Reply, body: unknown): CliError {
  const parsed = errorBody.safeParse(body);
  return parsed.success ? new ServerError(reply.status, parsed.data) : strange(reply);
}

function strange(reply: Reply): CliError {
  const requestId = reply.headers['x-request-id'];
  const gateway = [502, 503, 504].includes(reply.status);
  return new CliError(
    'unexpected_answer',
    gateway ? exitCode.unreachable : exitCode.failure,
    {
      what: {
        en: 'The answer (status {status}) is not one that this command line understands.',
        zh: '服务器的应答（状态码 {status}）无法被本命令行识别。',
      },
      still: {
        en: 'It is not known what happened on the server.',
        zh: '无法确定服务器上发生了什么。',
      },
      todo: {
        en: 'Check with "sluice doctor" that --server names a Sluice server and that no proxy answers instead of it.',
        zh: '请用 "sluice doctor" 检查 --server 指向的是 Sluice 服务器，且没有代理代为应答。',
      },
    },
    { status: reply.status },
    typeof requestId === 'string' ? { requestId } : {},
  );
}
