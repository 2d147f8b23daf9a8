import { processIo } from './host/process-io.ts';
import { main } from './main.ts';

/** The command line as a process: real arguments, real streams, its exit code. */
export async function runProcess(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processIo());
}
