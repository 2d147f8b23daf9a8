import { writeSync } from 'node:fs';
import { count } from './collect.mjs';
import { mark, patience, wasHeldUp, wasKeptOff } from './pace.mjs';
import { preludeFor } from './prelude.mjs';

const memoryMiB = 16;
const setupMs = 1000;
const compileMs = 200;
/** Isolates grow old: after so many calls a fresh one takes over. */
const callsPerIsolate = 100_000;
/** The longest answer of a role, in characters. */
const mostLength = { decide: 4096, policy: 65_536, fallback: 65_536 };
/** Answers of so many calls fit into one frame, whatever they say: a character is at most three bytes. */
const mostAtOnce = { decide: 64, policy: 16, fallback: 16 };

/**
 * One version of a script in an isolate of its own. Texts go in and texts come out; nothing else ever crosses, so
 * no object of this process can be reached from inside and none from inside is ever looked at out here.
 */
export class Compartment {
  #ivm;
  #entry;
  #source;
  #isolate;
  #run;
  #calls = 0;
  /** What a call takes by the clock on the wall, in milliseconds, leaning towards the latest. */
  #costMs = Number.POSITIVE_INFINITY;

  constructor(ivm, entry, source) {
    this.#ivm = ivm;
    this.#entry = entry;
    this.#source = source;
  }

  /**
   * Makes a fresh isolate. Answers what is wrong with the source, if anything is. Time in which this process was held
   * up is no fault of the source: `again` is told, and it gets more.
   */
  build(again = () => undefined) {
    const first = this.#attempt(1, wasHeldUp);
    if (!first?.isNoFault) return first?.problem;
    again();
    const second = this.#attempt(patience, wasKeptOff);
    if (!second?.isNoFault) return second?.problem;
    again();
    const third = this.#attempt(patience, wasKeptOff);
    if (third?.isNoFault) throw new Error('it gets no processor'); // another process may
    return third?.problem;
  }

  /** One try to build it, in so many times the time. Undefined when it is ready. */
  #attempt(times, isHeldUp) {
    this.dispose();
    mark(true);
    const isolate = this.#newIsolate();
    const timeout = setupMs * times;
    let compile;
    let run;
    try {
      const context = isolate.createContextSync();
      isolate.compileScriptSync(preludeFor(mostLength[this.#entry])).runSync(context, { timeout });
      const handle = (name) => context.global.getSync(name, { reference: true });
      [compile, run] = [handle('__compile'), handle('__run')];
      context.evalSync('__seal()', { timeout });
    } catch (error) {
      // It is our own code that did not end in time; the source was not even read.
      if (this.#faultOf(error) !== 'timeout') throw error;
      return { isNoFault: true };
    }
    const problem = this.#problemOf(compile, compileMs * times);
    if (problem) {
      this.dispose();
      return { problem, isNoFault: problem.kind === 'timeout' && isHeldUp(compileMs) };
    }
    this.#run = run;
    this.#calls = 0;
    return undefined;
  }

  /** How many calls may go in at once: together they should take a quarter of the time of one. */
  chunkFor(timeoutMs) {
    return Math.max(1, Math.min(mostAtOnce[this.#entry], Math.floor(timeoutMs / 4 / this.#costMs)));
  }

  /** Runs calls, each a JSON text. Answers `{ out }`, a JSON text, or `{ fault }`; with `cpuMs`. */
  run(calls, timeoutMs) {
    const problem = this.#run ? undefined : this.build();
    if (problem) return { fault: problem.kind === 'timeout' ? 'timeout' : 'memory', cpuMs: 0 };
    const isolate = this.#isolate;
    const [cpuBefore, startedAt] = [isolate.cpuTime, performance.now()];
    let result;
    try {
      const out = this.#run.applySync(undefined, [`[${calls.join(',')}]`], { timeout: timeoutMs });
      if (typeof out === 'string') count(out);
      result = typeof out === 'string' ? { out } : { fault: 'rejected' };
    } catch (error) {
      result = { fault: this.#faultOf(error) };
    }
    // One whose memory ran over is disposed, and tells nothing any more.
    const cpuMs = isolate.isDisposed
      ? performance.now() - startedAt
      : Number(isolate.cpuTime - cpuBefore) / 1e6;
    if (result.fault) return { ...result, cpuMs };
    const costMs = (performance.now() - startedAt) / calls.length;
    this.#costMs = this.#costMs < Number.POSITIVE_INFINITY ? this.#costMs * 0.7 + costMs * 0.3 : costMs;
    this.#calls += calls.length;
    if (this.#calls >= callsPerIsolate) this.#run = undefined;
    return { ...result, cpuMs };
  }

  dispose() {
    const isolate = this.#isolate;
    this.#isolate = undefined;
    this.#run = undefined;
    if (isolate && !isolate.isDisposed) isolate.dispose();
  }

  #newIsolate() {
    // After a heap that ran over, nothing in here can be trusted: the parent notices and answers.
    const onCatastrophicError = () => {
      // By these words the parent tells it from a kill by somebody else.
      try {
        writeSync(2, 'a script ran out of memory');
      } catch {} // nobody reads any more
      process.kill(process.pid, 'SIGKILL');
    };
    this.#isolate = new this.#ivm.Isolate({ memoryLimit: memoryMiB, onCatastrophicError });
    return this.#isolate;
  }

  /** What a script throws is text by now, so an error is about the isolate, or a promise that nobody handles. */
  #faultOf(error) {
    if (this.#isolate.isDisposed) return 'memory';
    return error?.message === 'Script execution timed out.' ? 'timeout' : 'rejected';
  }

  #problemOf(compile, timeout) {
    let answer;
    try {
      answer = compile.applySync(undefined, [this.#source, this.#entry], { timeout });
    } catch (error) {
      return { kind: this.#faultOf(error) };
    }
    const [kind, message, line, column] = JSON.parse(answer);
    if (kind === 1) return undefined;
    if (kind === 2) return { kind: 'entry' };
    const place = line === undefined ? this.#syntaxError() : { line, column };
    return { kind: 'compile', message, ...place };
  }

  /** Where the source does not parse, and why, if it doesn't. Fresh isolates read it and never run it. */
  #syntaxError() {
    const source = this.#source.trimEnd(); // an end that is missing is missed where the last word is
    // By itself, so that what stands around it is not taken for a part of it; but there it may not return.
    const alone = parseError(this.#ivm, `"use strict";\n${source}`);
    if (alone && alone.message !== 'Illegal return statement') return alone;
    const inside = parseError(this.#ivm, `(function(){"use strict";\n${source}\n})`);
    if (!inside) return {};
    const lines = source.split('\n');
    return inside.line <= lines.length ? inside : { line: lines.length, column: lines.at(-1).length + 1 };
  }
}

/** Why a text does not parse: in which line after its first, and in which column. */
function parseError(ivm, text) {
  const isolate = new ivm.Isolate({ memoryLimit: memoryMiB });
  try {
    isolate.compileScriptSync(text, { filename: 'script' });
    return undefined;
  } catch (error) {
    const [, message, line, column] = /^(.*) \[script:(\d+):(\d+)\]$/s.exec(error?.message) ?? [];
    if (line === undefined) return undefined;
    return { message: message.slice(0, 300), line: Number(line) - 1, column: Number(column) };
  } finally {
    isolate.dispose();
  }
}
