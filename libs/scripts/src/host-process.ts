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

export interface HostProcessEvents {
  messages(list: readonly FromChild[]): void;
  /** Once, and the last event. `reason` is for people. */
  gone(reason: string): void;
}

/** The child process and its pipes: frames out, checked frames in. Never keeps this process alive by itself. */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly #reader = new FrameReader();
  readonly #events: HostProcessEvents;
  #complaint = '';
  #isGone = false;

  /** Starts the child with an empty environment at the root of the file system. */
  constructor({ command, args }: Launch, events: HostProcessEvents) {
    this.#events = events;
    const child = spawn(command, args, {
      env: {},
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#child = child;
    killAtExit(child);
    child.on('error', (error) => this.#end(error.message));
    child.on('exit', (code, signal) =>
      this.#end(`it ended with ${signal ?? code}. ${this.#complaint}`.trim()),
    );
    child.stdin!.on('error', () => undefined); // its end is told by `exit`
    child.stdout!.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr!.on('data', (chunk: Buffer) => {
      if (this.#complaint.length < mostComplaint) this.#complaint += chunk.toString().slice(0, mostComplaint);
    });
    child.unref();
    for (const pipe of [child.stdin!, child.stdout!, child.stderr!])
      if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Bytes that the child has not taken yet. */
  get unsentBytes(): number {
    return this.#child.stdin!.writableLength;
  }

  send(messages: readonly ToChild[]): void {
    if (!this.#isGone && this.#child.stdin!.writable) this.#child.stdin!.write(encodeFrame(messages));
  }

  /** Ends the child now, whatever it does. */
  kill(reason: string): void {
    this.#child.kill('SIGKILL');
    this.#end(reason);
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

  #end(reason: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    running.delete(this.#child);
    for (const pipe of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) pipe?.destroy();
    this.#events.gone(reason);
  }
}
