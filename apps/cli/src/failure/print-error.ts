import { type ErrorText, fillText, type Language } from '@sluice/core';
import { harmless, harmlessLine } from '../host/terminal-text.ts';
import { CliError } from './cli-error.ts';
import { exitCode } from './exit-code.ts';

const label = {
  error: { en: 'Error: ', zh: '错误：' },
  still: { en: 'Still true: ', zh: '现状：' },
  todo: { en: 'What to do: ', zh: '建议：' },
  request: { en: 'request', zh: '请求编号' },
} as const satisfies Record<string, ErrorText>;

/** Any thrown thing as an error with a code; what was not foreseen says so. */
export function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CliError(
    'unexpected',
    exitCode.failure,
    {
      what: { en: 'Something unexpected happened: {reason}', zh: '发生了意外错误：{reason}' },
      todo: {
        en: 'Run "sluice doctor". If it finds nothing, please report this text.',
        zh: '请运行 "sluice doctor"。如果没有发现问题，请报告这段文字。',
      },
    },
    { reason },
    { cause: error },
  );
}

/** The error as people read it: what happened, what is still true, what to do, and the code for a search. */
export function errorText(error: CliError, language: Language, red: (text: string) => string): string {
  const part = (text: ErrorText): string => harmless(fillText(text[language], error.params, language));
  const { what, still, todo } = error.parts;
  const { requestId, lines = [] } = error.more;
  return [
    `${red(label.error[language])}${part(what)}`,
    ...lines.map((line) => `  ${harmless(typeof line === 'string' ? line : line[language])}`),
    ...(still ? [`  ${label.still[language]}${part(still)}`] : []),
    ...(todo ? [`  ${label.todo[language]}${part(todo)}`] : []),
    `  [${harmlessLine(error.code)}${requestId ? ` · ${label.request[language]} ${harmlessLine(requestId)}` : ''}]`,
    '',
  ].join('\n');
}
