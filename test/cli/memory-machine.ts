import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExitCode, type Io, main } from '@sluice/cli';

export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface MachineOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A list comes piece by piece. */
  readonly stdin?: string | Uint8Array | readonly Uint8Array[];
  /** Answers to questions, in order; there is a terminal when they are given. */
  readonly answers?: readonly string[];
  /** Standard output is a terminal. */
  readonly terminal?: boolean;
  /** Lines that it shows. */
  readonly rows?: number;
  /** Time is the machine's own; else a sleep takes no time but moves the clock. */
  readonly realTime?: boolean;
  /**
   * Called at each sleep, for what happens meanwhile; `interrupt` is Ctrl+C, `written` what came out until then, output
   * and errors in their order.
   */
  readonly onSleep?: (interrupt: () => void, written: string) => void;
}

/** A machine in memory for the command line: its own home, its own clock, its output kept. */
export class MemoryMachine {
  readonly home = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  readonly asked: string[] = [];

  async run(argv: readonly string[], options: MachineOptions = {}): Promise<Ran> {
    let [out, err, written] = ['', '', ''];
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const textOf = (data: string | Uint8Array): string =>
      typeof data === 'string' ? data : decoder.decode(data);
    const answers = [...(options.answers ?? [])];
    const canAsk = options.answers !== undefined;
    let ahead = 0;
    let interrupt = (): void => undefined;
    const io: Io = {
      env: { ...options.env },
      cwd: this.home,
      home: this.home,
      out: {
        isTerminal: options.terminal ?? false,
        rows: options.rows,
        write: (data) => {
          const text = textOf(data);
          out += text;
          written += text;
        },
      },
      err: {
        isTerminal: canAsk,
        write: (data) => {
          const text = textOf(data);
          err += text;
          written += text;
        },
      },
      canAsk,
      readStdin: async () => Buffer.concat(piecesOf(options.stdin)),
      stdin: async function* () {
        yield* piecesOf(options.stdin);
      },
      ask: async (question) => {
        this.asked.push(question);
        return answers.shift() ?? '';
      },
      now: () => Date.now() + ahead,
      sleep: async (ms) => {
        options.onSleep?.(interrupt, written);
        if (options.realTime) await new Promise((resolve) => setTimeout(resolve, ms));
        else ahead += ms;
      },
      onInterrupt: (stop) => {
        interrupt = stop;
        return () => {
          interrupt = () => undefined;
        };
      },
    };
    return { code: await main(argv, io), out, err };
  }
}

function piecesOf(stdin: MachineOptions['stdin'] = ''): Buffer[] {
  const pieces = typeof stdin === 'string' || stdin instanceof Uint8Array ? [stdin] : stdin;
  return pieces.map((piece) => Buffer.from(piece as Uint8Array));
}
