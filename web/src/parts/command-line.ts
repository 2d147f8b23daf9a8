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
  if (kind !== 'map' || diff.of !== 'items' || diff.changes.some((each) => each.change !== 'changed'))
    return words(['sluice', 'apply', place.app, '-f', `${place.ns}.yaml`, ...options]);
  const pairs = diff.changes.map(
    (each) => `${place.ns}.${each.key}=${valueWord((each.after as unknown as Item).value)}`,
  );
  return words(['sluice', 'set', place.app, ...pairs, ...options]);
}

export function rollbackCommand(place: Place, to: number, message: string): string {
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
  ]);
}

const words = (all: readonly string[]): string => all.map(shellWord).join(' ');
