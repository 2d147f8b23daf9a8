import type { ErrorText } from '@sluice/core';
import type { ErrorBody } from '@sluice/protocol';
import { CliError } from './cli-error.ts';
import { exitCodeOf } from './exit-code.ts';

/** A refusal of the server: its own text, already in the language that was asked for. */
export class ServerError extends CliError {
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, body: ErrorBody) {
    const same = { en: body.message, zh: body.message };
    super(
      body.code,
      exitCodeOf(status),
      {
        what: { en: '{message}', zh: '{message}' },
        ...(status === 401 && {
          todo: {
            en: 'Sign in with "sluice login", or set SLUICE_TOKEN.',
            zh: '请运行 "sluice login" 登录，或设置 SLUICE_TOKEN。',
          },
        }),
      },
      { message: same.en },
      { requestId: body.requestId, lines: faultLines(body.details) },
    );
    this.status = status;
    this.details = body.details ?? {};
  }
}

/** `details.faults` of an `invalid` answer, one line a place. */
function faultLines(details: Readonly<Record<string, unknown>> | undefined): ErrorText[] {
  if (!Array.isArray(details?.faults)) return [];
  return details.faults.flatMap((fault: unknown) => {
    if (typeof fault !== 'object' || fault === null) return [];
    const { path, message, zh } = fault as { path?: unknown; message?: unknown; zh?: unknown };
    return [{ en: `${path || '-'}: ${message}`, zh: `${path || '-'}：${zh ?? message}` }];
  });
}
