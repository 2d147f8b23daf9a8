import { once } from 'node:events';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import type { Io, Sink } from './io.ts';

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

function sinkOf(stream: NodeJS.WriteStream): Sink {
  // `sluice ... | head` closes the pipe early: that is the reader's wish, not a failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream !== process.stderr)
      process.stderr.write(
        `Error: the output could not be written (${error.code}); what came out is a part of it.\n错误：无法写入输出（${error.code}），已写出的内容不完整。\n`,
      );
    process.exit(exitCode.failure);
  });
  return {
    isTerminal: stream.isTTY === true,
    get rows() {
      return stream.rows;
    },
    write: (data) => void stream.write(data),
  };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function ask(question: string, options: { hidden?: boolean } = {}): Promise<string> {
  const [{ createInterface }, { Writable }] = await Promise.all([
    import('node:readline/promises'),
    import('node:stream'),
  ]);
  let muted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!muted) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  try {
    const answer = lines.question(question);
    muted = options.hidden === true;
    // Ctrl+C rejects the answer; the end of input (Ctrl+D) would leave it open for ever.
    const ended = once(lines, 'close').then(() => Promise.reject(new Error('no answer')));
    return await Promise.race([answer, ended]);
  } catch (error) {
    throw notAnswered(error);
  } finally {
    lines.close();
    if (options.hidden) process.stderr.write('\n');
  }
}

function notAnswered(cause: unknown): CliError {
  const parts = { what: { en: 'Cancelled.', zh: '已取消。' }, still: nothingChanged };
  return new CliError('cancelled', exitCode.interrupted, parts, {}, { cause });
}

/** The real machine. */
export function processIo(): Io {
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    out: sinkOf(process.stdout),
    err: sinkOf(process.stderr),
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    readStdin,
    stdin: () => process.stdin,
    ask,
    now: () => Date.now(),
    sleep: async (ms) => void (await sleep(ms)),
    onInterrupt(stop) {
      // Whoever ends a terminal's or a pipeline's programs sends SIGTERM: what is to be left in order then is the same.
      for (const signal of stopSignals) process.on(signal, stop);
      return () => {
        for (const signal of stopSignals) process.off(signal, stop);
      };
    },
  };
}
