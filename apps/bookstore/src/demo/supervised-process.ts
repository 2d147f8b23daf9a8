import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** A process that the demo keeps running. */
export interface ProcessPlan {
  readonly name: string;
  /** A file of JavaScript. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gets what the process prints. */
  readonly logFile: string;
  /** First wait before it is started again; doubled from crash to crash, up to 30 s. */
  readonly restartMs: number;
}

/** What the owner of a process hears of it. */
export interface ProcessEvents {
  readonly onMessage?: (message: unknown) => void;
  /** It ended without being asked to, and is started again after `restartMs`. */
  readonly onCrash?: (how: string, restartMs: number) => void;
  readonly onRestart?: () => void;
}

const endWithParent = new URL('../process/end-with-parent.js', import.meta.url).href;
const longestRestartMs = 30_000;
/** Who ran that long has recovered: the next crash counts as the first. */
const steadyMs = 30_000;

/** Starts a process, starts it again when it crashes, and ends it for good when asked to. */
export class SupervisedProcess {
  readonly plan: ProcessPlan;
  readonly #events: ProcessEvents;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #crashes = 0;
  #started = false;
  #stopping = false;
  #isHeld = false;

  constructor(plan: ProcessPlan, events: ProcessEvents = {}) {
    this.plan = plan;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Says something to it; while it is away, nobody hears. */
  send(message: object): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }

  start(): void {
    mkdirSync(dirname(this.plan.logFile), { recursive: true, mode: 0o700 });
    // The log begins anew with the demo, and goes on after a crash.
    const log = openSync(this.plan.logFile, this.#started ? 'a' : 'w', 0o600);
    this.#started = true;
    const child = spawn(process.execPath, ['--import', endWithParent, this.plan.script], {
      env: this.plan.env,
      stdio: ['ignore', log, log, 'ipc'],
      // A group of its own: Ctrl+C reaches the demo alone, which ends its processes in order.
      detached: true,
      windowsHide: true,
    });
    closeSync(log);
    const startedAt = performance.now();
    this.#child = child;
    if (this.#events.onMessage) child.on('message', this.#events.onMessage);
    child.once('error', (error) => this.#ended(child, error.message, startedAt));
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `exit code ${code}`, startedAt));
  }

  /** Kills it as a crash would. It is started again by itself. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Kills it, and resolves when it is gone. It stays away until the answer is called. */
  async killAndHold(): Promise<() => void> {
    this.#isHeld = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child) {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    return () => {
      if (!this.#isHeld || this.#stopping) return;
      this.#isHeld = false;
      this.start();
      this.#events.onRestart?.();
    };
  }

  /** Asks it to end, and makes it end after `graceMs`. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (!child) return;
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await gone;
    clearTimeout(force);
  }

  #ended(child: ChildProcess, how: string, startedAt: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#stopping || this.#isHeld) return;
    if (performance.now() - startedAt > steadyMs) this.#crashes = 0;
    const restartMs = Math.min(longestRestartMs, this.plan.restartMs * 2 ** this.#crashes);
    this.#crashes += 1;
    this.#events.onCrash?.(how, restartMs);
    this.#restart = setTimeout(() => {
      this.start();
      this.#events.onRestart?.();
    }, restartMs);
  }
}
