import type { ErrorText, Language } from '@sluice/core';
import type { Io } from '../host/io.ts';
import { harmless, harmlessLine } from '../host/terminal-text.ts';
import type { OutputFormat } from '../settings/settings.ts';
import { type Colour, colourFor } from './colour.ts';
import { tableText } from './table.ts';

/** One column of a list: its head for people, and how a row fills it. */
export interface Column<T> {
  readonly head: ErrorText;
  readonly cell: (row: T) => string;
}

/** Data goes to standard output in the format that was asked for; everything said besides goes to standard error. */
export interface Output {
  readonly format: OutputFormat;
  /** For standard output; `errColour` for standard error. */
  readonly colour: Colour;
  readonly errColour: Colour;
  /** A list: a table, a JSON array, a YAML list, or one JSON object a line. */
  list<T>(rows: readonly T[], columns: readonly Column<T>[]): Promise<void>;
  /** One thing: `text` for people, else the data. */
  one(value: unknown, text: () => string): Promise<void>;
  /** Bytes of the user's own, as they are; on a terminal its control characters are shown instead of obeyed. */
  raw(text: string): void;
  /** Progress and hints; silent with `--quiet`. */
  note(text: string, paint?: (text: string) => string): void;
  /** Like `note`, but replaces the last such line on a terminal. */
  progress(text: string): void;
}

export function createOutput(
  io: Io,
  language: Language,
  flags: { output?: OutputFormat; quiet?: boolean; color?: boolean },
): Output {
  const format = flags.output ?? 'table';
  const live = io.err.isTerminal && !flags.quiet;
  let lineIsOpen = false;
  const closeLine = (): void => {
    if (lineIsOpen) io.err.write('\n');
    lineIsOpen = false;
  };
  const write = (text: string): void => {
    closeLine();
    io.out.write(text);
  };
  return {
    format,
    colour: colourFor(io.out, flags.color, io.env),
    errColour: colourFor(io.err, flags.color, io.env),
    async list(rows, columns) {
      if (format === 'ndjson') write(rows.map((row) => `${jsonText(row)}\n`).join(''));
      else if (format === 'table')
        write(
          tableText(
            columns.map((c) => c.head[language]),
            rows.map((row) => columns.map((c) => c.cell(row))),
          ),
        );
      else write(await dataText(rows, format));
    },
    async one(value, text) {
      if (format === 'table') write(text());
      else if (format === 'ndjson') write(`${jsonText(value)}\n`);
      else write(await dataText(value, format));
    },
    raw: (text) => write(io.out.isTerminal ? harmless(text) : text),
    note(text, paint = (plain) => plain) {
      if (flags.quiet) return;
      closeLine();
      io.err.write(`${paint(harmless(text))}\n`);
    },
    progress(text) {
      if (flags.quiet) return;
      if (!live) {
        io.err.write(`${harmless(text)}\n`);
        return;
      }
      io.err.write(`\r\u001b[2K${harmlessLine(text)}`);
      lineIsOpen = true;
    },
  };
}

/** JSON on one line; control characters that JSON would let through are written as escapes of it. */
function jsonText(value: unknown): string {
  return harmless(JSON.stringify(value));
}

async function dataText(value: unknown, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${harmless(JSON.stringify(value, undefined, 2))}\n`;
  const { yamlText } = await import('./yaml-text.ts');
  return yamlText(value);
}
