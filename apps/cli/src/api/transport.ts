import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import type { Language } from '@sluice/core';
import type { BuiltRequest } from '@sluice/protocol';
import { CliError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
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
    const signal = AbortSignal.timeout(options.timeoutMs);
    const headers = {
      ...request.headers,
      'accept-language': options.language === 'zh' ? 'zh-CN,zh' : 'en',
      'user-agent': 'sluice-cli',
      ...(options.token && { authorization: `Bearer ${options.token}` }),
      ...extra,
    };
    try {
      return await send(
        new URL(root + request.path),
        { method: request.method, headers, signal },
        request.body,
      );
    } catch (error) {
      throw linkError(signal.aborted ? signal.reason : error, request, options);
    }
  };
}

/**
 * By the system's plain client, and taken as a built-in: `fetch`, and an import, which names all that it exports, load
 * a whole WebSocket client besides, which is a fifth of a short command's time.
 */
async function send(url: URL, options: RequestOptions, body: string | undefined): Promise<Reply> {
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
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
