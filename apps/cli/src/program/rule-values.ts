import type { Json } from '@sluice/core';
import { usageError } from '../failure/cli-error.ts';

/** A share from 0 to 1: `0.01` or `1%`. */
export function share(option: string): (text: string) => number {
  return (text) => {
    const isPercent = text.endsWith('%');
    const number = /^\d{1,3}(\.\d{1,6})?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
    const value = isPercent ? number / 100 : number;
    if (value >= 0 && value <= 1) return value;
    throw usageError(
      { en: '{option} cannot be "{text}".', zh: '{option} 不能是“{text}”。' },
      {
        en: 'Give a share from 0 to 1, or in percent: 0.01 or 1%',
        zh: '请给出 0 到 1 的比例或百分比：0.01 或 1%',
      },
      { option, text },
    );
  };
}

/** `request`, `path` or routes with commas between them; the option may come several times. */
export function resourceNames(text: string, before: readonly string[] = []): string[] {
  const names = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (names.length > 0) return [...before, ...names];
  throw usageError(
    { en: '--resource-from is empty.', zh: '--resource-from 不能为空。' },
    {
      en: 'Give request, path, or routes: GET /books/:id,/files/*',
      zh: '请给出 request、path 或路由：GET /books/:id,/files/*',
    },
  );
}

/** Inputs of a script with commas between them; each is checked by the server's rules when it is sent. */
export function inputNames(text: string, before: readonly string[] = []): string[] {
  const names = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [...new Set([...before, ...names])];
}

/** A value in JSON. */
export function jsonValue(option: string): (text: string) => Json {
  return (text) => {
    try {
      return JSON.parse(text) as Json;
    } catch (error) {
      throw usageError(
        { en: '{option} is not JSON: {reason}', zh: '{option} 不是 JSON：{reason}' },
        { en: `Write it like '{"user":"x"}'.`, zh: `请写成 '{"user":"x"}' 的形式。` },
        { option, reason: error instanceof Error ? error.message : String(error) },
      );
    }
  };
}

/** The same, several times. */
export function jsonValues(option: string): (text: string, before?: readonly Json[]) => Json[] {
  const value = jsonValue(option);
  return (text, before = []) => [...before, value(text)];
}
