import { type ErrorText, type Fault, fillText, SluiceError } from '@sluice/core';
import { firstFault } from '@sluice/protocol';
import { failureParams, type ScriptFailure } from '@sluice/scripts';

const words = {
  compile: { en: 'does not run: {reason}', zh: '无法运行：{reason}' },
  entry: { en: 'must declare: function {entry}(…) {}', zh: '必须声明：function {entry}(…) {}' },
  tooMuch: {
    en: 'takes too long or too much memory when it is loaded',
    zh: '加载时耗时过长或占用内存过多',
  },
} as const satisfies Record<string, ErrorText>;

/** What a failure says about the source, at `path`; undefined when it says nothing about it. */
export function faultOfSource(failure: ScriptFailure, path: string): Fault | undefined {
  const said = wordsFor(failure);
  if (!said) return undefined;
  const { line, column } = failure;
  const place = line === undefined ? undefined : { line, column: column ?? 1 };
  const en =
    fillText(said.en, failureParams(failure, 'en')) +
    (place ? ` (line ${place.line}, column ${place.column})` : '');
  const zh =
    fillText(said.zh, failureParams(failure, 'zh')) +
    (place ? `（第 ${place.line} 行第 ${place.column} 列）` : '');
  return { path, problem: 'script', message: en, zh };
}

function wordsFor({ code, params }: ScriptFailure): ErrorText | undefined {
  switch (code) {
    case 'compile':
      return params.kind === 'timeout' || params.kind === 'memory' ? words.tooMuch : words.compile;
    case 'entry':
      return words.entry;
    case 'killed':
    case 'memory':
    case 'timeout':
    case 'quarantined':
      return words.tooMuch;
    default:
      return undefined;
  }
}

/** Why a script can't be run here: its own fault, with its place, or the server's. */
export function refusalOf(failure: ScriptFailure, path: string): SluiceError {
  const fault = faultOfSource(failure, path);
  if (fault) {
    const { line, column } = failure;
    const place = line === undefined ? {} : { line, column: column ?? 1 };
    return new SluiceError(
      'invalid',
      { first: firstFault([fault]) },
      { details: { faults: [fault], ...place } },
    );
  }
  if (failure.code === 'unavailable')
    return new SluiceError('scripts_unavailable', { reason: String(failure.params.reason) });
  return new SluiceError('too_many_requests', { retryAfterSec: 5 });
}
