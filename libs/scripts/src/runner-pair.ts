import { scriptGraceMs } from '@sluice/core';
import type { Clock, Timer } from './clock.ts';
import { failure } from './failure.ts';
import { Fifo } from './fifo.ts';
import type { Job } from './job.ts';
import type { Launch } from './launch.ts';
import { type LaunchWay, LaunchWays } from './launch-ways.ts';
import type { SourceProblem } from './messages.ts';
import { Runner } from './runner.ts';
import type { Loss } from './runner-events.ts';
import type { ScriptVersion } from './version.ts';

/** Children that never became ready, one after the other and from the beginning, until it is taken that none will. */
const mostHopeless = 3;
/** Children that one call may be given to. */
const mostLives = 3;
const restMs = 1000;
const longestRestMs = 30_000;

export interface RunnerPairEvents {
  loaded(version: ScriptVersion, problem: SourceProblem | undefined): void;
  stopped(version: ScriptVersion, fault: 'timeout' | 'memory'): void;
  /** A child ended while this version ran, or while nothing did. */
  killed(version: ScriptVersion | undefined, reason: string): void;
  /** No child can be started here. */
  cannot(reason: string): void;
  /** Everything that a fresh child has to have ready. */
  versions(): readonly ScriptVersion[];
}

/** The child that is asked, the spare that takes over, and the calls that wait for either. */
export class RunnerPair {
  readonly #ways: LaunchWays;
  readonly #clock: Clock;
  readonly #events: RunnerPairEvents;
  readonly #wantsSpare: boolean;
  readonly #waiting = new Map<ScriptVersion, Fifo<Job>>();
  #current: Runner | undefined;
  #spare: Runner | undefined;
  #open = 0;
  #falseStarts = 0;
  /** How many of them, before any child was ready, can't be laid to a shortage. */
  #hopeless = 0;
  #wasReady = false;
  #rest: Timer | undefined;
  #sweep: Timer | undefined;
  #sweepDueMs = 0;
  #isFlushing = false;
  #isClosed = false;

  constructor(launch: Launch, wantsSpare: boolean, clock: Clock, events: RunnerPairEvents) {
    this.#ways = new LaunchWays(launch);
    this.#wantsSpare = wantsSpare;
    this.#clock = clock;
    this.#events = events;
    this.#current = this.#start();
  }

  /** The processes that are ready, the one that is asked first. */
  get pids(): readonly number[] {
    return [this.#current, this.#spare].flatMap((one) => (one?.isReady && one.pid ? [one.pid] : []));
  }

  /** Calls without a result. */
  get open(): number {
    return this.#open;
  }

  /** Takes a call. It goes out at the end of this turn of the event loop, together with all others of the turn. */
  add(job: Job): void {
    this.#open++;
    this.#queueOf(job.version).push(job);
    this.#sweepFor(job);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  /** A call that was added has its result. */
  settled(): void {
    if (--this.#open === 0) this.#sweep?.hold?.(false);
  }

  load(version: ScriptVersion): void {
    for (const runner of [this.#current, this.#spare]) if (runner?.isReady) runner.load(version);
  }

  unload(version: ScriptVersion): void {
    for (const runner of [this.#current, this.#spare]) runner?.unload(version);
  }

  /** Like `unload`, and nothing of it runs on either. */
  switchOff(version: ScriptVersion): void {
    for (const runner of [this.#current, this.#spare]) runner?.switchOff(version);
  }

  close(): void {
    this.#isClosed = true;
    this.#rest?.cancel();
    for (const runner of [this.#current, this.#spare]) runner?.kill('it was closed');
    for (const jobs of this.#waiting.values()) for (const job of jobs) job.fail(failure('closed'));
    this.#waiting.clear();
    this.#sweep?.cancel();
  }

  #queueOf(version: ScriptVersion): Fifo<Job> {
    const known = this.#waiting.get(version);
    if (known) return known;
    const queue = new Fifo<Job>();
    this.#waiting.set(version, queue);
    return queue;
  }

  #start(): Runner {
    const way = this.#ways.next(this.#clock.monotonic());
    const runner: Runner = new Runner(way.launch, this.#clock, {
      ready: () => {
        this.#falseStarts = 0;
        this.#wasReady = true;
        this.#ways.worked(way);
        for (const version of this.#events.versions()) if (!version.broken) runner.load(version);
        if (runner === this.#current) this.#flush();
        if (!this.#spare && this.#wantsSpare) this.#spare = this.#start();
      },
      progress: () => {
        if (runner === this.#current && this.#waiting.size > 0) this.#flush();
      },
      loaded: (version, problem) => this.#events.loaded(version, problem),
      stopped: (version, fault) => this.#events.stopped(version, fault),
      gone: (loss) => this.#onGone(runner, way, loss),
    });
    return runner;
  }

  /** Sends what there is room for, an equal share of it for each version. */
  #flush(): void {
    const runner = this.#current;
    if (!runner?.isReady || this.#waiting.size === 0) return;
    const room = runner.room;
    const parts = this.#waiting.size;
    const share = { calls: Math.max(1, Math.floor(room.calls / parts)), length: room.length / parts };
    const groups = new Map<ScriptVersion, Job[]>();
    let [calls, length] = [0, 0];
    for (const [version, queue] of [...this.#waiting]) {
      if (calls >= room.calls || length >= room.length) break;
      const jobs = takeFrom(queue, share.calls, share.length);
      calls += jobs.length;
      for (const job of jobs) length += job.text.length;
      this.#waiting.delete(version);
      if (queue.length > 0) this.#waiting.set(version, queue); // it comes last next time
      if (jobs.length > 0) groups.set(version, jobs);
    }
    runner.run(groups);
  }

  #onGone(runner: Runner, way: LaunchWay, loss: Loss): void {
    if (runner === this.#spare) this.#spare = undefined;
    if (runner === this.#current) {
      this.#current = this.#spare;
      this.#spare = undefined;
    }
    if (this.#isClosed) {
      for (const job of loss.jobs) job.fail(failure('closed'));
      return;
    }
    if (loss.neverReady) {
      this.#afterFalseStart(way, loss);
      return;
    }
    this.#events.killed(loss.culprit, loss.reason);
    for (const job of [...loss.jobs].reverse()) this.#afterLoss(job, loss);
    this.#restart(false);
    this.#flush();
  }

  /**
   * Whoever has answered once will again: then it is tried on, and the one that is in use stays so. What is short or
   * who killed the child says nothing about the way in which it was started.
   */
  #afterFalseStart(way: LaunchWay, { cannot, how, reason }: Loss): void {
    const isOfWay = how === 'exit' || how === 'noStart';
    if (isOfWay && this.#ways.leave(way, this.#clock.monotonic())) {
      this.#restart(false);
      return;
    }
    this.#falseStarts++;
    if (!this.#wasReady && how !== 'shortage' && how !== 'killed') this.#hopeless++;
    if ((cannot && !this.#current) || this.#hopeless >= mostHopeless) this.#giveUp(reason);
    else this.#restart(true);
  }

  /**
   * A script is a function of its input, so what never ran, or ran for nothing, may run again, as often as one
   * version may kill before it is switched off. The call that was running is to blame, and no other of its version.
   */
  #afterLoss(job: Job, { culprit, head, wasLoading }: Loss): void {
    const { broken, timeoutMs } = job.version;
    const isBlamed = job === head || (wasLoading && job.version === culprit);
    if (broken || isBlamed) job.fail(broken ?? failure('killed'));
    else if (this.#clock.monotonic() >= job.askedAtMs + timeoutMs + scriptGraceMs) job.fail(failure('busy'));
    else if (++job.lives >= mostLives) job.fail(failure('interrupted'));
    else this.#queueOf(job.version).unshift(job);
  }

  #restart(rests: boolean): void {
    if (!this.#current && !rests) this.#current = this.#start();
    const growth = 2 ** Math.max(0, Math.min(10, this.#falseStarts - 2));
    this.#rest ??= this.#clock.after(Math.min(longestRestMs, restMs * growth), () => {
      this.#rest = undefined;
      if (!this.#current) this.#current = this.#start();
      else if (!this.#spare && this.#wantsSpare) this.#spare = this.#start();
    });
  }

  #giveUp(reason: string): void {
    const jobs = [...this.#waiting.values()].flatMap((queue) => [...queue]);
    this.#waiting.clear();
    for (const job of jobs) job.fail(failure('unavailable', { reason }));
    this.#events.cannot(reason);
  }

  /** A timer that runs is used again by the calls that follow: one for each would cost more than all else here. */
  #sweepFor(job: Job): void {
    const delayMs = job.version.timeoutMs + scriptGraceMs;
    if (!this.#sweep || this.#sweepDueMs > job.askedAtMs + delayMs) this.#sweepAfter(delayMs);
    else if (this.#open === 1) this.#sweep.hold?.(true);
  }

  #sweepAfter(delayMs: number, wasLate = false): void {
    this.#sweep?.cancel();
    const dueMs = this.#clock.monotonic() + delayMs;
    this.#sweepDueMs = dueMs;
    const sweep = this.#clock.after(
      delayMs,
      () => {
        // As with the watch of a child: results that lie in the pipe are read first.
        setImmediate(() => {
          if (this.#sweep !== sweep) return;
          this.#sweep = undefined;
          if (this.#open === 0) return;
          // After a standstill of this process the child gets a moment to catch up.
          const isLate = this.#clock.monotonic() - dueMs > scriptGraceMs / 2;
          if (isLate && !wasLate) this.#sweepAfter(scriptGraceMs, true);
          else this.#answerTheOverdue();
        });
      },
      'held',
    );
    this.#sweep = sweep;
  }

  /** Calls that no child has begun in time, so that their time is up, are answered here. */
  #answerTheOverdue(): void {
    const now = this.#clock.monotonic();
    const reason = failure(this.#current?.isReady ? 'busy' : 'starting');
    let nextInMs = 1000;
    const look = (job: Job): void => {
      const leftMs = job.askedAtMs + job.version.timeoutMs + scriptGraceMs - now;
      if (leftMs <= 0) job.fail(reason);
      else nextInMs = Math.min(nextInMs, leftMs);
    };
    for (const [version, queue] of this.#waiting) {
      for (const job of queue) look(job);
      takeFrom(queue, 0, 0);
      if (queue.length === 0) this.#waiting.delete(version);
    }
    for (const job of this.#current?.begunLate() ?? []) if (!job.isSettled) look(job);
    if (this.#open > 0 && !this.#sweep) this.#sweepAfter(Math.max(5, nextInMs));
  }
}

/**
 * Takes up to `most` calls that can still run, no more characters than `mostLength` if it is more than one; those that
 * can't run are dropped with their reason.
 */
function takeFrom(queue: Fifo<Job>, most: number, mostLength: number): Job[] {
  const jobs: Job[] = [];
  let length = 0;
  for (let job = queue.first; job; job = queue.first) {
    if (!job.isSettled && job.version.broken) job.fail(job.version.broken);
    if (!job.isSettled && (jobs.length >= most || (jobs.length > 0 && length + job.text.length > mostLength)))
      break;
    queue.shift();
    if (job.isSettled) continue;
    jobs.push(job);
    length += job.text.length;
  }
  return jobs;
}
