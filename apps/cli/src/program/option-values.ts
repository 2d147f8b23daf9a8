import type { ErrorText } from '@sluice/core';
import { type ItemType, itemTypes } from '@sluice/core';
import { usageError } from '../failure/cli-error.ts';
import { parseDurationMs } from '../settings/duration.ts';
import { type OutputFormat, outputFormats } from '../settings/settings.ts';

/** One of a list of words. */
export function oneOf<T extends string>(option: string, known: readonly T[]): (text: string) => T {
  return (text) => {
    const word = known.find((k) => k === text);
    if (word !== undefined) return word;
    throw usageError(
      { en: '{option} cannot be "{text}".', zh: '{option} 不能是“{text}”。' },
      { en: 'It is one of: {known}', zh: '可选：{known}' },
      { option, text, known: known.join(', ') },
    );
  };
}

export const outputFormat: (text: string) => OutputFormat = oneOf('--output', outputFormats);
export const itemType: (text: string) => ItemType = oneOf('--type', itemTypes);

/** A whole number from `min` up. */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^#?\d{1,10}$/.test(text) ? Number(text.replace('#', '')) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw usageError(
      { en: '{option} cannot be "{text}".', zh: '{option} 不能是“{text}”。' },
      { en: 'Give a whole number from {min} to {max}.', zh: '请给出 {min} 到 {max} 之间的整数。' },
      { option, text, min, max },
    );
  };
}

/** A length of time, in milliseconds. */
export function duration(option: string): (text: string) => number {
  return (text) => {
    const ms = parseDurationMs(text);
    if (ms !== undefined) return ms;
    throw usageError(
      { en: '{option} cannot be "{text}".', zh: '{option} 不能是“{text}”。' },
      { en: 'Give a length of time: 500ms, 60s, 2m, 1h.', zh: '请给出时长：500ms、60s、2m、1h。' },
      { option, text },
    );
  };
}

const laterModes: readonly string[] = ['single', 'gray', 'group'];

/** How a release reaches the fleet. */
export function pushMode(text: string): 'global' {
  if (text === 'global') return text;
  const known: ErrorText = laterModes.includes(text)
    ? {
        en: 'This version pushes to every instance: only --mode global exists, not {text}.',
        zh: '当前版本只支持推送到所有实例：仅有 --mode global，没有 {text}。',
      }
    : { en: '"{text}" is no mode of a push.', zh: '“{text}”不是推送模式。' };
  throw usageError(
    known,
    { en: 'Use --mode global, or leave it out.', zh: '请使用 --mode global，或省略该选项。' },
    { text },
  );
}
