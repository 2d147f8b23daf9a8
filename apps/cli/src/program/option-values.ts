import { type ItemType, itemTypes, type PushMode, pushModes } from '@sluice/core';
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
export const pushMode: (text: string) => PushMode = oneOf('--mode', pushModes);
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

/** A moment: ISO 8601, or so long before now. Gives it as the API takes it. */
export function momentOf(option: string, text: string, now: number): string {
  const agoMs = /[a-z]$/.test(text) ? parseDurationMs(text) : undefined;
  const ms = agoMs === undefined ? Date.parse(text) : now - agoMs;
  if (!Number.isNaN(ms) && Math.abs(ms) < 8.64e15) return new Date(ms).toISOString();
  throw usageError(
    { en: '{option} cannot be "{text}".', zh: '{option} 不能是“{text}”。' },
    {
      en: 'Give a moment (2026-01-31T12:00:00Z) or how long ago (30m, 12h, 7d).',
      zh: '请给出时刻（2026-01-31T12:00:00Z）或距今多久（30m、12h、7d）。',
    },
    { option, text },
  );
}

/** For commands whose releases are for everyone. */
export function globalMode(text: string): 'global' {
  const mode = pushMode(text);
  if (mode === 'global') return mode;
  throw usageError(
    {
      en: 'This command is for every instance, not for --mode {text}.',
      zh: '该命令面向所有实例，不支持 --mode {text}。',
    },
    {
      en: 'Leave --mode out; "sluice set" and "sluice apply" push to some instances.',
      zh: '请省略 --mode；"sluice set" 和 "sluice apply" 可推送到部分实例。',
    },
    { text },
  );
}
