import { type ContentDiff, canonicalText, type Item, type Json } from '@sluice/core';

/** A word as a POSIX shell takes it. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const valueWord = (value: Json): string => (typeof value === 'string' ? value : canonicalText(value));

interface Place {
  readonly env: string;
  readonly app: string;
  readonly ns: string;
}

/** The command that publishes the same change. Keys can be set one by one; all else goes by a file. */
export function publishCommand(place: Place, kind: string, diff: ContentDiff, message: string): string {
  const options = ['--env', place.env, ...(message ? ['-m', message] : [])];
  const pairs = pairsOf(place.ns, kind, diff);
  if (!pairs) return words(['sluice', 'apply', place.app, '-f', `${place.ns}.yaml`, ...options]);
  return words(['sluice', 'set', place.app, ...pairs, ...options]);
}

/** `ns.key=value` for each change, where nothing but values of items changes; undefined where that isn't all. */
export function pairsOf(ns: string, kind: string, diff: ContentDiff): string[] | undefined {
  if (kind !== 'map' || diff.of !== 'items' || diff.changes.some((each) => each.change !== 'changed'))
    return undefined;
  return diff.changes.map((each) => `${ns}.${each.key}=${valueWord((each.after as unknown as Item).value)}`);
}

export function rollbackCommand(place: Place, to: number, message: string, emergency = ''): string {
  return words([
    'sluice',
    'rollback',
    place.app,
    place.ns,
    '--to',
    String(to),
    '--env',
    place.env,
    ...(message ? ['-m', message] : []),
    ...(emergency ? ['--emergency', emergency] : []),
  ]);
}

/** Words as one line for a shell. */
export const words = (all: readonly string[]): string => all.map(shellWord).join(' ');
