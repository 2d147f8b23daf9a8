import type { Content, Json } from '@sluice/core';
import { plainValue } from './item-change.ts';
import { shortValue } from './value-text.ts';

/** The first values of a content on one line, for a cell. */
export function contentSummary(content: Content): string {
  if (content.kind === 'document') return shortValue(content.text);
  const entries = Object.entries(content.items as Readonly<Record<string, Json>>);
  const shown = entries.slice(0, 3).map(([key, entry]) => `${key}=${shortValue(plainValue(entry))}`);
  return entries.length > 3 ? `${shown.join(' ')} +${entries.length - 3}` : shown.join(' ');
}
