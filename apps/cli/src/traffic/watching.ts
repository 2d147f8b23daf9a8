import type { Context } from '../context.ts';
import type { CliError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { asCliError } from '../failure/print-error.ts';

const everyMs = 1000;
/**
 * Another screen that leaves no trace in the terminal's history, and the way back. It cuts lines that are too long:
 * those that went on in the next one would push the first off the screen.
 */
const [enter, leave] = ['\u001b[?1049h\u001b[?25l\u001b[?7l', '\u001b[?7h\u001b[?25h\u001b[?1049l'];
const home = '\u001b[H\u001b[J';
const usualLines = 24;

/**
 * Shows something anew each second until Ctrl+C; on a terminal the new takes the place of the old. A server that is
 * away for a while, once it was there, is said and waited for.
 */
export async function watching<T>(
  context: Context,
  fetch: () => Promise<T>,
  print: (fetched: T) => Promise<void>,
): Promise<ExitCode> {
  const { io, output } = context;
  const first = await fetch();
  const isScreen = io.out.isTerminal && output.format === 'table';
  let forget: () => void = () => undefined;
  const stopped = new Promise<'stopped'>((resolve) => {
    forget = io.onInterrupt(() => resolve('stopped'));
  });
  if (isScreen) io.out.write(enter);
  try {
    for (let next: Promise<T | CliError> = Promise.resolve(first); ; next = fetch().catch(lost)) {
      const fetched = await Promise.race([stopped, next]);
      if (fetched === 'stopped') return exitCode.ok;
      if (isScreen) io.out.write(home);
      if (isLost(fetched))
        output.note(context.say(fetched.parts.what, fetched.params), output.errColour.yellow);
      else await print(fetched as T);
      if ((await Promise.race([stopped, io.sleep(everyMs)])) === 'stopped') return exitCode.ok;
    }
  } finally {
    if (isScreen) io.out.write(leave);
    forget();
  }
}

/** The first of some rows, as many as a terminal shows below and above so many other lines. */
export function onScreen<T>({ io, output }: Context, rows: readonly T[], otherLines: number): readonly T[] {
  if (!io.out.isTerminal || output.format !== 'table') return rows;
  // The cursor stands in a line of its own.
  return rows.slice(0, Math.max(1, (io.out.rows ?? usualLines) - otherLines - 1));
}

const isLost = (value: unknown): value is CliError =>
  value instanceof Error &&
  'exit' in value &&
  (value.exit === exitCode.unreachable || value.exit === exitCode.timeout);

/** A server that can't be reached at the moment is an answer; everything else is thrown on. */
function lost(error: unknown): CliError {
  const failure = asCliError(error);
  if (isLost(failure)) return failure;
  throw error;
}
