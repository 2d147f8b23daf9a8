import type { Language } from '@sluice/core';
import type { BuiltRequest } from '@sluice/protocol';
import { CliError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends one request and answers with what came back, whatever its status. Never follows a redirect with a token. */
export type Transport = (request: BuiltRequest, extra?: Readonly<Record<string, string>>) => Promise<Reply>;

export interface TransportOptions {
  readonly server: URL;
  readonly token?: string;
  readonly language: Language;
  readonly timeoutMs: number;
}

export function createTransport(options: TransportOptions): Transport {
  const root = options.server.href.replace(/\/+$/, '');
  return async (request, extra = {}) => {
    try {
      const response = await fetch(root + request.path, {
        method: request.method,
        headers: {
          ...request.headers,
          'accept-language': options.language === 'zh' ? 'zh-CN,zh' : 'en',
          'user-agent': 'sluice-cli',
          ...(options.token && { authorization: `Bearer ${options.token}` }),
          ...extra,
        },
        ...(request.body !== undefined && { body: request.body }),
        redirect: 'manual',
        signal: AbortSignal.timeout(options.timeoutMs),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      throw linkError(error, request, options);
    }
  };
}

function linkError(error: unknown, request: BuiltRequest, options: TransportOptions): CliError {
  const params = {
    server: options.server.origin,
    seconds: options.timeoutMs / 1000,
    reason: reasonOf(error),
  };
  const unsure = request.method !== 'GET' && !neverSent.has(params.reason);
  const still = unsure
    ? {
        en: 'It is not known whether the server carried it out. What instances hold is unaffected by this error.',
        zh: '无法确定服务器是否已执行该操作。各实例持有的值不受此错误影响。',
      }
    : { en: 'Nothing was changed. Instances keep what they hold.', zh: '没有任何更改。各实例保持现有的值。' };
  if ((error as Partial<Error> | undefined)?.name === 'TimeoutError')
    return new CliError(
      'timeout',
      exitCode.timeout,
      {
        what: {
          en: '{server} did not answer within {seconds} s.',
          zh: '{server} 在 {seconds} 秒内没有响应。',
        },
        still,
        todo: { en: 'Run "sluice doctor", then try again.', zh: '请运行 "sluice doctor" 检查后重试。' },
      },
      params,
    );
  return new CliError(
    'unreachable',
    exitCode.unreachable,
    {
      what: { en: 'Cannot reach {server} ({reason}).', zh: '无法连接 {server}（{reason}）。' },
      still,
      todo: {
        en: 'Start a server with "sluice server", or name the right one with --server or SLUICE_SERVER.',
        zh: '请用 "sluice server" 启动服务器，或用 --server 或 SLUICE_SERVER 指定正确的地址。',
      },
    },
    params,
    { cause: error },
  );
}

/** Failures before a connection stood: the server can't have seen the request. */
const neverSent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** The system's short word for why a connection failed. */
function reasonOf(error: unknown): string {
  const { code, cause, errors, message } = (error ?? {}) as Partial<NodeJS.ErrnoException & AggregateError>;
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]); // one for each address of a name
  if (typeof code === 'string') return code;
  return cause === undefined ? (message ?? String(error)) : reasonOf(cause);
}
