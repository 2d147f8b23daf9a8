import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Texts } from './texts.ts';

export interface DemoOptions {
  readonly headless: boolean;
  /** What was asked for; it is given up for a free one only when nobody asked. */
  readonly port: number;
  readonly portAsked: boolean;
  readonly dataDir: string;
  /** Processes of each service. */
  readonly instances: number;
  /** Plays the story, at the pace of a reader or as fast as it goes. */
  readonly story: 'none' | 'slow' | 'fast';
}

/** Whether somebody only wants to know what there is. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.some((each) => each === '--help' || each === '-h');

/** Reads the command line. Throws an `Error` whose message is for people. */
export function readOptions(args: readonly string[], texts: Texts, cwd: string): DemoOptions {
  let values: {
    headless?: boolean;
    port?: string;
    data?: string;
    instances?: string;
    story?: boolean;
    fast?: boolean;
  };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        headless: { type: 'boolean' },
        port: { type: 'string' },
        data: { type: 'string' },
        instances: { type: 'string' },
        story: { type: 'boolean' },
        fast: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new Error(texts.badOption(error instanceof Error ? error.message : String(error)));
  }
  const instances = whole('--instances', values.instances ?? '4', values.story ? 2 : 1, 20, texts);
  if (values.fast && !values.story) throw new Error(texts.badOption('--fast belongs to --story'));
  return {
    headless: values.headless === true,
    port: whole('--port', values.port ?? '7788', 1, 65_535, texts),
    portAsked: values.port !== undefined,
    dataDir: resolve(cwd, values.data ?? '.data'),
    instances,
    story: values.story ? (values.fast ? 'fast' : 'slow') : 'none',
  };
}

function whole(option: string, text: string, min: number, max: number, texts: Texts): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) throw new Error(texts.notInRange(option, text, min, max));
  return number;
}
