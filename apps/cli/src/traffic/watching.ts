import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

const everyMs = 1000;
/** Another screen that leaves no trace in the terminal's history, and the way back. */
const [enter, leave, home] = ['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l', '\u001b[H\u001b[J'];

/** Shows something anew each second until Ctrl+C. On a terminal the new takes the place of the old. */
export async function watching(context: Context, show: () => Promise<void>): Promise<ExitCode> {
  const { io, output } = context;
  const isScreen = io.out.isTerminal && output.format === 'table';
  let stop: () => void = () => undefined;
  const stopped = new Promise<'stopped'>((resolve) => {
    stop = () => resolve('stopped');
  });
  const forget = io.onInterrupt(stop);
  if (isScreen) io.out.write(enter);
  try {
    for (;;) {
      if (isScreen) io.out.write(home);
      await show();
      if ((await Promise.race([stopped, io.sleep(everyMs)])) === 'stopped') return exitCode.ok;
    }
  } finally {
    if (isScreen) io.out.write(leave);
    forget();
  }
}
