import type { ItemType, Json } from '@sluice/core';
import { CliError, nothingChanged, usageError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';

export interface Assignment {
  readonly target: string;
  readonly text: string;
}

/** Splits `<ns>.<key>=<value>` at its first `=`: names hold none. */
export function parseAssignment(word: string): Assignment {
  const at = word.indexOf('=');
  if (at > 0) return { target: word.slice(0, at), text: word.slice(at + 1) };
  throw usageError(
    { en: '"{word}" is not an assignment.', zh: '“{word}”不是赋值。' },
    { en: 'Write <namespace>.<key>=<value>.', zh: '请写成 <命名空间>.<配置项>=<值>。' },
    { word },
  );
}

const expected: Readonly<Record<ItemType, { en: string; zh: string }>> = {
  string: { en: 'text', zh: '文本' },
  number: { en: 'a number', zh: '数字' },
  boolean: { en: 'true or false', zh: 'true 或 false' },
  json: { en: 'JSON', zh: 'JSON' },
};

/** A value of the type that is known, else of the type that its JSON form has; what is no JSON is a text. */
export function parseValue(
  path: string,
  text: string,
  type: ItemType | undefined,
): { type: ItemType; value: Json } {
  if (type === 'string') return { type, value: text };
  const value = asJson(text);
  if (type === undefined)
    return value === undefined ? { type: 'string', value: text } : { type: typeOf(value), value };
  if (type === 'json' ? value !== undefined : typeof value === type) return { type, value: value as Json };
  throw new CliError(
    'invalid_value',
    exitCode.failure,
    {
      what: {
        en: '{path} is {expected}, and "{text}" is not.',
        zh: '{path} 的类型应为{expected}，而“{text}”不是。',
      },
      still: nothingChanged,
      todo: {
        en: 'Correct the value. To change the type on purpose, name it with --type.',
        zh: '请修正该值。如果确实要更改类型，请用 --type 指定。',
      },
    },
    { path, text, expected: expected[type] },
  );
}

function typeOf(value: Json): ItemType {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'json';
}

/** Numbers that would lose something stay text: `1e999` is not infinite here, and a long id keeps its digits. */
function asJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value !== 'number') return value;
    const whole = /^-?\d+$/.test(text);
    return (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) ? value : undefined;
  } catch {
    return undefined;
  }
}
