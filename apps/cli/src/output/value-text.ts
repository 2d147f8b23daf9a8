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
  const text = typeof value === 'string' && readsAsText(value) ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Whether a string without quotes could be taken for nothing but itself. */
function readsAsText(text: string): boolean {
  return (
    /^[^\s"',{}[\]]+$/.test(text) &&
    Number.isNaN(Number(text)) &&
    !['true', 'false', 'null', '-'].includes(text)
  );
}
