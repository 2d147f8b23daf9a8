import { canonicalText, type Json } from '@sluice/core';
import { currentLanguage, currentTexts } from './i18n/language.ts';

const pad = (n: number): string => String(n).padStart(2, '0');

/** `14:03:22` in the reader's zone. */
export function clockTime(moment: string | number): string {
  const d = new Date(moment);
  return `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
}

/** `2026-11-21 14:03:22` in the reader's zone; the same order in both languages, so that it sorts by eye. */
export function dateTime(moment: string | number): string {
  const d = new Date(moment);
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${clockTime(moment)}`;
}

/** The whole moment with its zone, for a title. */
export function fullMoment(moment: string | number): string {
  return new Intl.DateTimeFormat(currentLanguage() === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'full',
    timeStyle: 'long',
    hourCycle: 'h23',
  }).format(new Date(moment));
}

/** The zone that every moment is shown in, the reader's own, as far from UTC as it is now: `UTC+8`. */
export function zoneText(nowMs: number, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(nowMs);
  return (parts.find(({ type }) => type === 'timeZoneName')?.value ?? '').replace(/^GMT(\+0$)?/, 'UTC');
}

/** How long ago, in the one unit that matters: `4 s`, `3 min`, `2 h`, `5 d`. */
export function ageText(ms: number): string {
  const t = currentTexts().format;
  const sec = Math.max(0, Math.floor(ms / 1000));
  if (sec < 60) return t.seconds(sec);
  if (sec < 3600) return t.minutes(Math.floor(sec / 60));
  if (sec < 86_400) return t.hours(Math.floor(sec / 3600));
  return t.days(Math.floor(sec / 86_400));
}

/** A length of time, whole to the second: `4 s`, `1 min 30 s`, `2 h`. */
export function lengthText(ms: number): string {
  const t = currentTexts().format;
  const sec = Math.round(ms / 1000);
  const parts = [
    [t.days, Math.floor(sec / 86_400)],
    [t.hours, Math.floor(sec / 3600) % 24],
    [t.minutes, Math.floor(sec / 60) % 60],
    [t.seconds, sec % 60],
  ] as const;
  const said = parts.filter(([, n]) => n > 0).map(([text, n]) => text(n));
  return said.join(' ') || t.seconds(0);
}

export function count(n: number): string {
  return new Intl.NumberFormat(currentLanguage() === 'zh' ? 'zh-CN' : 'en').format(n);
}

export function bytes(n: number): string {
  if (n < 1024) return `${count(n)} B`;
  if (n < 1024 * 1024) return `${count(Math.round(n / 102.4) / 10)} KiB`;
  return `${count(Math.round(n / 104_857.6) / 10)} MiB`;
}

/** A value as it is read in a table: text as it is, all else as canonical JSON. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : canonicalText(value);
}

/** The first digits of a digest, enough to compare by eye. */
export const shortDigest = (digest: string): string => digest.slice(0, 8);
