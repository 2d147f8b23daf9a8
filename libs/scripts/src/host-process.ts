import { type ChildProcess, spawn } from 'node:child_process';
import { encodeFrame, FrameReader } from './frames.ts';
import type { Launch } from './launch.ts';
import { childFrame, type FromChild, type ToChild } from './messages.ts';

const mostComplaint = 2000;
const running = new Set<ChildProcess>();
let isWatchingExit = false;

/** A child must not outlive this process, not even one that no longer reads. */
function killAtExit(child: ChildProcess): void {
  running.add(child);
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.on('exit', () => {
    for (const one of running) one.kill('SIGKILL');
  });
}

/** The system had too little of something for a process more: descriptors, memory or processes. */
const shortages: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);

/** The last words of a child that kills itself because the memory of a script ran over. */
const memoryWords = 'a script ran out of memory';
/** Signals that others send; what a program gets for its own deeds is a crash. */
const fromOutside: ReadonlySet<unknown> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

/** How a child ended: never begun, for want of something or at all; by itself; by somebody else; by us. */
export type EndKind = 'shortage' | 'noStart' | 'exit' | 'crash' | 'killed' | 'ours';

export interface HostProcessEvents {
  messages(list: readonly FromChild[]): void;
  /** Once, and the last event; never before the constructor has returned. `reason` is for people. */
  gone(reason: string, how: EndKind): void;
}

/**
 * The child process and its pipes: frames out, checked frames in. Never keeps this process alive by itself, and never
 * throws: a child that could not be started is one that is gone at once.
 */
export class HostProcess {
  readonly #child: ChildProcess | undefined;
  readonly #reader = new FrameReader();
  readonly #events: HostProcessEvents;
  #complaint = '';
  #isGone = false;

  constructor(launch: Launch, events: HostProcessEvents) {
    this.#events = events;
    try {
      this.#child = this.#begin(launch);
    } catch (error) {
      process.nextTick(() => this.#endByError(error));
    }
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  send(messages: readonly ToChild[]): void {
    const stdin = this.#child?.stdin;
    if (!this.#isGone && stdin?.writable) stdin.write(encodeFrame(messages));
  }

  /** Ends the child now, whatever it does. */
  kill(reason: string): void {
    this.#child?.kill('SIGKILL');
    this.#end(reason, 'ours');
  }

  #begin({ command, args }: Launch): ChildProcess {
    const child = spawn(command, args, {
      env: {},
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    killAtExit(child);
    child.on('error', (error) => this.#endByError(error));
    // Not at `exit`: what it said last is read first.
    child.on('close', (code, signal) => this.#endedWith(code, signal));
    child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr?.on('data', (chunk: Buffer) => {
      if (this.#complaint.length < mostComplaint) this.#complaint += chunk.toString().slice(0, mostComplaint);
    });
    child.unref();
    // Without descriptors for them there are none; `error` follows.
    for (const pipe of [child.stdin, child.stdout, child.stderr]) {
      pipe?.on('error', () => undefined); // its end is told by `close`
      if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
    }
    return child;
  }

  #read(chunk: Buffer): void {
    if (this.#isGone) return;
    try {
      for (const frame of this.#reader.push(chunk)) {
        const list = childFrame.safeParse(frame);
        if (!list.success) throw new Error('a message that is none');
        this.#events.messages(list.data);
        if (this.#isGone) return;
      }
    } catch (error) {
      this.kill(`it sent ${error instanceof Error ? error.message : 'garbage'}`);
    }
  }

  #endedWith(code: number | null, signal: NodeJS.Signals | null): void {
    const words = this.#complaint;
    const isFromOutside = fromOutside.has(signal) && !words.includes(memoryWords);
    const how = signal === null ? 'exit' : isFromOutside ? 'killed' : 'crash';
    this.#end(`it ended with ${signal ?? code}. ${words}`.trim(), how);
  }

  #endByError(error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    this.#end(message, shortages.has(code) ? 'shortage' : 'noStart');
  }

  #end(reason: string, how: EndKind): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const child = this.#child;
    if (child) {
      running.delete(child);
      for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
    }
    this.#events.gone(reason, how);
  }
}
