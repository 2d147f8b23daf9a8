import type { Json } from '@sluice/core';

/** A value as one reads it alone: a string as it is, everything else as JSON. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const longest = 60;

/** A value inside a sentence or a cell: JSON for what could be misread, and not longer than a line bears. */
export function shortValue(value: Json | undefined): string {
  if (value === undefined) return '-';
  const plain = typeof value === 'string' && /^[^\s"',{}[\]]+$/.test(value) && Number.isNaN(Number(value));
  const text = plain ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
