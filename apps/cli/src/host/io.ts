/** One way out: standard output carries data, standard error carries progress, hints and errors. */
export interface Sink {
  readonly isTerminal: boolean;
  /** Lines that a terminal shows at a time; undefined where nobody knows. */
  readonly rows?: number | undefined;
  write(data: string | Uint8Array): void;
}

/** All that the command line touches of the machine, so that a test can be the machine. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly out: Sink;
  readonly err: Sink;
  /** Whether somebody can be asked: standard input and error are both terminals. */
  readonly canAsk: boolean;
  /** All of standard input. */
  readStdin(): Promise<Uint8Array>;
  /** Standard input piece by piece, for what may be longer than memory. */
  stdin(): AsyncIterable<Uint8Array>;
  ask(question: string, options?: { hidden?: boolean }): Promise<string>;
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `stop` at Ctrl+C or SIGTERM instead of ending the process; the answer takes the handler away again. */
  onInterrupt(stop: () => void): () => void;
}
