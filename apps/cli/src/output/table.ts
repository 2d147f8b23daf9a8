import { displayWidth, harmlessLine } from '../host/terminal-text.ts';

/** Columns under their heads, two spaces apart; the last one is not padded. Every cell is one harmless line. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(harmlessLine));
  const widths = head.map((_, i) => Math.max(...lines.map((row) => displayWidth(row[i] ?? ''))));
  return lines
    .map((row) =>
      row
        .map((cell, i) =>
          i === row.length - 1 ? cell : cell + ' '.repeat(widths[i]! - displayWidth(cell) + 2),
        )
        .join('')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
