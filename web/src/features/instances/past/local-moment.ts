import { dateTime } from '../../../lib/format.ts';

/** A moment as an input of the reader's own zone wants it: `2026-11-21T14:03:00`. */
export const localOfMoment = (moment: string): string => dateTime(moment).replace(' ', 'T');

/** The moment that somebody typed in his own zone; undefined for none. */
export function momentOfLocal(text: string): string | undefined {
  const ms = new Date(text).getTime();
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
