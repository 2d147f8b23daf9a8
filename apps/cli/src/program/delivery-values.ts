import { basisPointsOf, parseSelector, stepsOf, timeBoxLimits } from '@sluice/core';
import { usageError } from '../failure/cli-error.ts';
import { parseDurationMs } from '../settings/duration.ts';

/** A share of the fleet, `5` or `0.25`, with or without its sign. */
export function percent(text: string): number {
  const number = numberOf(text);
  if (basisPointsOf(number) !== undefined) return number;
  throw usageError(
    { en: '--percent cannot be "{text}".', zh: '--percent 不能是“{text}”。' },
    {
      en: 'Give a share above 0, at most 100, with two decimals at best.',
      zh: '请给出大于 0、不超过 100 的比例，最多两位小数。',
    },
    { text },
  );
}

/** Shares that grow: `5,25,100`. */
export function steps(text: string): number[] {
  const numbers = text.split(',').map((part) => numberOf(part.trim()));
  const checked = stepsOf(numbers);
  if (checked.ok) return numbers;
  throw usageError(
    { en: '--steps cannot be "{text}": {reason}.', zh: '--steps 不能是“{text}”：{reason}。' },
    { en: 'Give shares in percent that grow: 5,25,100', zh: '请给出逐步增大的百分比：5,25,100' },
    { text, reason: { en: checked.refusal.en, zh: checked.refusal.zh } },
  );
}

const numberOf = (text: string): number =>
  /^\d{1,3}(\.\d{1,6})?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;

/** Names of instances with commas between them; at least one, each once. */
export function instanceIds(text: string): string[] {
  const ids = text.split(',').map((part) => part.trim());
  if (ids.every((id) => id !== '' && id.length <= 128) && ids.length <= 1000) return [...new Set(ids)];
  throw usageError(
    { en: '--instances cannot be "{text}".', zh: '--instances 不能是“{text}”。' },
    {
      en: 'Give names of instances with commas between them, 1 to 1000: i-1,i-2',
      zh: '请给出以逗号分隔的实例名称，1 到 1000 个：i-1,i-2',
    },
    { text },
  );
}

/** A name that is not left empty. */
export function given(option: string): (text: string) => string {
  return (text) => {
    if (text.trim() !== '') return text;
    throw usageError(
      { en: '{option} is empty.', zh: '{option} 不能为空。' },
      { en: 'Give it a value, or leave it out.', zh: '请给出值，或省略该选项。' },
      { option },
    );
  };
}

/** A label selector, checked where it is typed. */
export function selectorText(option: string): (text: string) => string {
  return (text) => {
    const parsed = parseSelector(text);
    if (parsed.ok) return text;
    const { en, zh } = parsed.refusal;
    throw usageError(
      { en: '{option} cannot be "{text}": {reason}.', zh: '{option} 不能是“{text}”：{reason}。' },
      {
        en: 'Write conditions that must all hold: zone in (a,b), version=2.3',
        zh: '请写出须全部成立的条件：zone in (a,b), version=2.3',
      },
      { option, text, reason: { en, zh } },
    );
  };
}

/** How long a push lives: a time above 0 and at most seven days, or `never`. */
export function lifetime(text: string): number | 'untilCleared' {
  if (text === 'never') return 'untilCleared';
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0 && ms <= timeBoxLimits.maxMs) return ms;
  throw usageError(
    { en: '--expires cannot be "{text}".', zh: '--expires 不能是“{text}”。' },
    {
      en: 'Give a time above 0 and at most 7 days (10m, 2h, 3d), or never.',
      zh: '请给出大于 0 且不超过 7 天的时长（10m、2h、3d），或 never。',
    },
    { text },
  );
}

/** The hash of a plan, as a dry run gives it. */
export function planHash(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw usageError(
    { en: '--plan cannot be "{text}".', zh: '--plan 不能是“{text}”。' },
    {
      en: 'Give the hash that "--dry-run -o json" tells, 64 characters.',
      zh: '请给出 "--dry-run -o json" 输出的哈希值，共 64 个字符。',
    },
    { text },
  );
}

/** Names with commas between them; at least one. */
export function names(option: string): (text: string) => string[] {
  return (text) => {
    const all = text.split(',').map((part) => part.trim());
    if (all.every((name) => name !== '')) return [...new Set(all)];
    throw usageError(
      { en: '{option} cannot be "{text}".', zh: '{option} 不能是“{text}”。' },
      { en: 'Give names with commas between them.', zh: '请给出以逗号分隔的名称。' },
      { option, text },
    );
  };
}

/** A moment as people write it, with a date; without a zone it is the zone of this machine. Answers in UTC. */
export function moment(option: string): (text: string) => string {
  return (text) => {
    const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(at)) return new Date(at).toISOString();
    throw usageError(
      { en: '{option} cannot be "{text}".', zh: '{option} 不能是“{text}”。' },
      { en: 'Give a moment like 2026-01-02T14:03:00Z.', zh: '请给出时刻，例如 2026-01-02T14:03:00Z。' },
      { option, text },
    );
  };
}
