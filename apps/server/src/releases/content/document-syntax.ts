import { type DocumentContent, type ErrorText, SluiceError } from '@sluice/core';
import { DocumentFault } from './document-fault.ts';
import { parseJson } from './json-syntax.ts';
import type { Origin } from './origin.ts';
import { checkProperties } from './properties-syntax.ts';
import { TooSlow, withinTime } from './within-time.ts';
import { parseYaml } from './yaml-syntax.ts';

const limitMs = 3000;

const tooSlow: ErrorText = {
  en: `it could not be read within ${limitMs / 1000} s, write it more plainly`,
  zh: `${limitMs / 1000} 秒内无法解析完，请简化写法`,
};

/**
 * Reads a document as its format says. Returns the data of each document in it (YAML may hold several), nothing for
 * text and properties. Throws `invalid_document` with line, column and reason.
 */
export function readDocument(document: DocumentContent, origin: Origin): readonly unknown[] {
  try {
    return withinTime(limitMs, () => read(document));
  } catch (error) {
    if (error instanceof DocumentFault) throw refusal(document, error, origin);
    if (error instanceof TooSlow)
      throw refusal(document, new DocumentFault({ line: 1, column: 1 }, tooSlow), origin);
    throw error;
  }
}

/** A byte order mark belongs to the bytes, not to the data. */
function read({ format, text }: DocumentContent): readonly unknown[] {
  const data = text.startsWith('\uFEFF') ? text.slice(1) : text;
  switch (format) {
    case 'json':
      return [parseJson(data)];
    case 'yaml':
      return parseYaml(data);
    case 'properties':
      checkProperties(data);
      return [];
    case 'text':
      return [];
  }
}

function refusal(
  { format }: DocumentContent,
  fault: DocumentFault,
  { path, namespace }: Origin,
): SluiceError {
  const { line, column, reason } = fault;
  const named: ErrorText =
    namespace === undefined
      ? { en: format, zh: format }
      : { en: `${format} in namespace "${namespace}"`, zh: `${format}（命名空间“${namespace}”）` };
  return new SluiceError(
    'invalid_document',
    { format: named, line, column, reason },
    {
      details: {
        line,
        column,
        reason: reason.en,
        faults: [
          {
            path: `${path}.text`,
            problem: 'value',
            message: `line ${line}, column ${column}: ${reason.en}`,
            zh: `第 ${line} 行第 ${column} 列：${reason.zh}`,
          },
        ],
      },
    },
  );
}
