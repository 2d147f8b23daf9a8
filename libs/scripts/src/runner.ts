import { scriptGraceMs } from '@sluice/core';
import type { Clock, Timer } from './clock.ts';
import { failure } from './failure.ts';
import { Fifo } from './fifo.ts';
import { type EndKind, HostProcess } from './host-process.ts';
import type { Job } from './job.ts';
import type { Launch } from './launch.ts';
import type { FromChild, SourceProblem, ToChild } from './messages.ts';
import { queuedMs, residentBytes } from './process-times.ts';
import { keptReady, whoMakesRoom } from './ready-room.ts';
import { readResults } from './results.ts';
import type { RunnerEvents } from './runner-events.ts';
import type { ScriptVersion } from './version.ts';

/**
 * Time that the child stood in line for a processor isn't counted, up to so many times what it may take. When it
 * said itself that it was held up, it has more time already.
 */
const mostPatience = 3;
const startMs = 10_000;
const loadMs = 2000;
const lookMs = 250;
/** What Node itself needs, and what an isolate may come to. */
const baseBytes = 160 * 1024 * 1024;
const perVersionBytes = 24 * 1024 * 1024;
/** The child is kept busy for so long ahead; the rest waits here, where it can still be answered otherwise. */
const aheadMs = 10;
const mostAhead = 2048;
/** And for so many characters, of its 64 MiB; no frame to it has many more. */
const mostAheadLength = 1024 * 1024;

type Step =
  | { readonly kind: 'load'; readonly version: ScriptVersion }
  | {
      readonly kind: 'run';
      readonly job: Job;
      /** It goes in by itself. */
      readonly isAlone: boolean;
      /** Other calls were before it, so it had the child not for itself. */
      readonly hasWaited: boolean;
    };

/**
 * One child and what it was asked. It answers in order, so the first open step is the one that runs; when that takes
 * longer than it may, the child is killed. The clock is ours: nothing that runs over there can stop it.
 */
export class Runner {
  readonly #process: HostProcess;
  readonly #clock: Clock;
  readonly #events: RunnerEvents;
  readonly #steps = new Fifo<Step>();
  readonly #loaded = new Set<ScriptVersion>();
  readonly #start: Timer;
  #aheadLength = 0;
  #isReady = false;
  #isLost = false;
  #cannot = false;
  #headSince = 0;
  #headPatience = 1;
  #headAgain = 0;
  /** The head got a moment more already, because this process stood still. */
  #isHeadExcused = false;
  /** What the child had queued for a processor when the head was first seen to be slow. */
  #queuedBefore: { readonly ms: number } | undefined;
  #watch: Timer | undefined;
  #watchDueMs = 0;
  #costMs = 1;

  constructor(launch: Launch, clock: Clock, events: RunnerEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#process = new HostProcess(launch, {
      messages: (list) => {
        for (const message of list) if (!this.#isLost) this.#handle(message);
        if (list.length > 0 && this.#isReady) this.#events.progress();
      },
      gone: (reason, how) => this.#lose(reason, how),
    });
    this.#start = clock.after(startMs, () => this.#process.kill('it did not start'));
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** How many more calls it should be given now, and of how many characters together. */
  get room(): { readonly calls: number; readonly length: number } {
    const ahead = Math.max(1, Math.min(mostAhead, Math.floor(aheadMs / this.#costMs)));
    return { calls: Math.max(0, ahead - this.#steps.length), length: mostAheadLength - this.#aheadLength };
  }

  /** Gives it calls of one version, in one frame with those of other versions as far as they fit. */
  run(groups: ReadonlyMap<ScriptVersion, readonly Job[]>): void {
    let messages: ToChild[] = [];
    let length = 0;
    for (const [version, jobs] of groups) {
      const { handle: v, timeoutMs } = version;
      const calls = jobs.map((job) => job.text);
      const isLoaded = this.#loaded.has(version);
      const more = calls.reduce((sum, text) => sum + text.length, isLoaded ? 0 : version.source.length);
      if (length > 0 && length + more > mostAheadLength) {
        this.#process.send(messages);
        [messages, length] = [[], 0];
      }
      length += more;
      this.#ensure(version, messages);
      // Calls that were with one that killed a child go in one by one, so that it is found.
      const isAlone = jobs.length === 1 || jobs.some((job) => job.lives > 0);
      for (const part of isAlone ? calls.map((call) => [call]) : [calls])
        messages.push({ t: 'run', v, timeoutMs, calls: part });
      for (const job of jobs) this.#push({ kind: 'run', job, isAlone, hasWaited: this.#aheadLength > 0 });
    }
    if (messages.length > 0) this.#process.send(messages);
  }

  /** Makes a version ready before it is needed. */
  load(version: ScriptVersion): void {
    const messages: ToChild[] = [];
    this.#ensure(version, messages);
    if (messages.length > 0) this.#process.send(messages);
  }

  unload(version: ScriptVersion): void {
    if (this.#loaded.delete(version)) this.#process.send([{ t: 'unload', v: version.handle }]);
  }

  /** A version is asked no more. Calls of it that lie in the child would hold up all others: rather another child. */
  switchOff(version: ScriptVersion): void {
    for (const step of this.#steps)
      if (step.kind === 'run' && step.job.version === version) {
        this.#process.kill('it had calls of a script that was switched off');
        return;
      }
    this.unload(version);
  }

  /**
   * Calls that are not running, or began late: their callers wait no longer than their own time, whatever patience
   * the child has with them. If one is settled meanwhile, what the child answers to it is dropped.
   */
  *begunLate(): Generator<Job> {
    let isHead = true;
    for (const step of this.#steps) {
      if (step.kind === 'run' && (!isHead || step.hasWaited)) yield step.job;
      isHead = false;
    }
  }

  kill(reason: string): void {
    this.#process.kill(reason);
  }

  #ensure(version: ScriptVersion, messages: ToChild[]): void {
    if (this.#loaded.has(version)) return;
    const coming = [...this.#steps].filter(({ kind }) => kind === 'load').length;
    const other = whoMakesRoom(this.#loaded, coming, this.#process.pid ?? 0);
    if (other && this.#loaded.delete(other)) messages.push({ t: 'unload', v: other.handle });
    this.#loaded.add(version);
    messages.push({ t: 'load', v: version.handle, entry: version.entry, source: version.source });
    this.#push({ kind: 'load', version });
  }

  #push(step: Step): void {
    this.#steps.push(step);
    if (step.kind === 'run') this.#aheadLength += step.job.text.length;
    if (this.#steps.length === 1) this.#beginHead();
  }

  #handle(message: FromChild): void {
    switch (message.t) {
      case 'ready':
        this.#isReady = true;
        this.#start.cancel();
        this.#events.ready();
        break;
      case 'cannot':
        this.#cannot = true;
        this.#process.kill(message.reason);
        break;
      case 'again':
        if (this.#headAgain++ >= 2) this.#process.kill('it did not go on');
        else this.#beginHead(message.patience);
        break;
      default:
        if (!this.#answers(message)) this.#process.kill('it answered what it was not asked');
    }
  }

  /** Takes an answer to the first open step; false when it is none. */
  #answers(message: Exclude<FromChild, { t: 'ready' | 'cannot' | 'again' }>): boolean {
    if (message.t === 'loaded') return this.#onLoaded(message.v, message.problem);
    return message.t === 'out' ? this.#onOut(message) : this.#onFault(message);
  }

  #onLoaded(handle: number, problem: SourceProblem | undefined): boolean {
    const step = this.#steps.first;
    if (step?.kind !== 'load' || step.version.handle !== handle) return false;
    this.#nextHead();
    if (problem) this.#loaded.delete(step.version);
    this.#events.loaded(step.version, problem);
    return true;
  }

  #onOut({ v, n, out, cpuMs }: FromChild & { t: 'out' }): boolean {
    const results = readResults(out, n);
    const elapsedMs = this.#clock.monotonic() - this.#headSince;
    if (!results) return false;
    for (const result of results) {
      const job = this.#takeRun(v, cpuMs / n);
      if (!job) return false;
      job.settle(result);
    }
    this.#costMs = this.#costMs * 0.8 + 0.2 * Math.max(0.002, elapsedMs / n);
    return true;
  }

  #onFault({ v, fault, cpuMs }: FromChild & { t: 'fault' }): boolean {
    const job = this.#takeRun(v, cpuMs);
    if (!job) return false;
    const { version } = job;
    if (fault === 'absent') {
      this.#loaded.delete(version);
      job.fail(version.broken ?? failure('interrupted'));
      return true;
    }
    this.#steps.unshift({ kind: 'load', version }); // the child makes a fresh isolate next
    this.#beginHead();
    if (fault !== 'rejected') this.#events.stopped(version, fault);
    if (fault === 'rejected')
      job.fail(failure('threw', { reason: 'a promise was rejected and not handled' }));
    else job.fail(failure(fault, { timeoutMs: version.timeoutMs }));
    return true;
  }

  #takeRun(handle: number, cpuMs: number): Job | undefined {
    const step = this.#steps.first;
    if (step?.kind !== 'run' || step.job.version.handle !== handle) return undefined;
    const { version } = step.job;
    version.counts.cpuMs += cpuMs;
    version.budget.take(cpuMs);
    this.#nextHead();
    return step.job;
  }

  #nextHead(): void {
    const step = this.#steps.shift();
    if (step?.kind === 'run') this.#aheadLength -= step.job.text.length;
    this.#headAgain = 0;
    this.#beginHead();
  }

  #beginHead(patience = 1): void {
    this.#headPatience = patience;
    this.#isHeadExcused = false;
    this.#queuedBefore = undefined;
    if (this.#steps.length === 0) return;
    this.#headSince = this.#clock.monotonic();
    this.#arm(this.#headSince, this.#allowanceMs() / 2);
  }

  #allowanceMs(): number {
    const step = this.#steps.first!;
    const allowedMs = step.kind === 'load' ? loadMs : step.job.version.timeoutMs;
    return allowedMs * this.#headPatience + scriptGraceMs;
  }

  #arm(now: number, inMs: number): void {
    const delayMs = Math.min(lookMs, Math.max(1, inMs));
    const dueMs = now + delayMs;
    // Once armed it stays so while heads come and go: a timer per call would cost more than the call. What keeps the
    // process alive for calls without a result is not here.
    if (this.#watch && this.#watchDueMs <= dueMs) return;
    this.#watch?.cancel();
    this.#watchDueMs = dueMs;
    const watch = this.#clock.after(delayMs, () => {
      // What came in while this process was busy is read first, so that nobody is killed for our delay.
      setImmediate(() => {
        if (this.#watch !== watch) return;
        this.#watch = undefined;
        if (this.#steps.length > 0) this.#look(dueMs);
      });
    });
    this.#watch = watch;
  }

  #look(dueMs: number): void {
    const now = this.#clock.monotonic();
    const [sinceMs, allowanceMs, pid] = [now - this.#headSince, this.#allowanceMs(), this.#process.pid ?? 0];
    const halfMs = Math.min(allowanceMs / 2, lookMs);
    if (residentBytes(pid) > baseBytes + perVersionBytes * Math.min(keptReady, this.#loaded.size)) {
      this.#process.kill('it took too much memory');
      return;
    }
    if (!this.#queuedBefore && sinceMs >= halfMs - 1) this.#queuedBefore = { ms: queuedMs(pid) };
    const starvedMs = this.#queuedBefore ? Math.max(0, queuedMs(pid) - this.#queuedBefore.ms) : 0;
    const leftMs = allowanceMs - (sinceMs - starvedMs);
    const longestMs = this.#headPatience > 1 ? allowanceMs : allowanceMs * mostPatience;
    if (leftMs > 0 && sinceMs < longestMs) this.#arm(now, this.#queuedBefore ? leftMs : halfMs);
    else if (now - dueMs > scriptGraceMs / 2 && !this.#isHeadExcused) {
      // A machine or container that is paused stops the child together with this process: it may go on first.
      this.#isHeadExcused = true;
      this.#arm(now, scriptGraceMs);
    } else this.#process.kill(`it did not stop after ${Math.round(sinceMs)} ms`);
  }

  #lose(reason: string, how: EndKind): void {
    this.#isLost = true;
    this.#start.cancel();
    this.#watch?.cancel();
    this.#watch = undefined;
    const steps = [...this.#steps];
    const head = steps[0];
    // Whoever killed it from outside: it was not the script.
    const isBlamable = how !== 'killed';
    const culprit = head?.kind === 'load' ? head.version : head?.job.version;
    const jobs = steps.flatMap((step) => (step.kind === 'run' && !step.job.isSettled ? [step.job] : []));
    const isCertain = head?.kind === 'run' && (head.isAlone || this.#headAgain > 0);
    const neverReady = !this.#isReady;
    this.#isReady = false;
    this.#events.gone({
      reason,
      how,
      culprit: isBlamable ? culprit : undefined,
      head: isCertain && isBlamable ? head.job : undefined,
      wasLoading: isBlamable && head?.kind === 'load',
      jobs,
      neverReady,
      cannot: this.#cannot,
    });
  }
}
