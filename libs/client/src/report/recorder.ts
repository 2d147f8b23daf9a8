import {
  type Block,
  type CallInputs,
  type ClockReading,
  Entry,
  type Gate,
  type Json,
  type Outcome,
  type Waiting,
} from '@sluice/core';
import type { RecordedCall } from '@sluice/protocol/client';
import { declaredInputs } from './declared-inputs.ts';

const perSecond = 100;
const mostKept = 500;
const mostOpen = 2000;
const mostRules = 20;

interface Recording {
  readonly atMs: number;
  readonly gate: Gate;
  readonly inputs: Record<string, Json>;
  readonly mayWait: boolean;
  rules: readonly string[];
}

type Finished = Omit<RecordedCall, 'agoMs'> & { readonly atMs: number };

/**
 * Keeps some of the calls with what rules look at in them: all while there are few, else about a hundred a second,
 * picked by chance. Bounded, whatever becomes of the link and of the calls.
 */
export class Recorder {
  readonly #random: () => number;
  readonly #open = new Map<Entry | Waiting, Recording>();
  #finished: Finished[] = [];
  #left = 0;
  #stride = 1;
  #taken = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Whether the present call is one to keep. */
  wants(): boolean {
    this.#left -= 1;
    return this.#left < 0 && this.#pick();
  }

  #pick(): true {
    // More came than was to be expected: rarer from here on.
    this.#taken += 1;
    if (this.#taken % perSecond === 0) this.#stride *= 2;
    // By chance, so that what comes in a rhythm is not seen in the same place of it each time.
    this.#left = this.#stride === 1 ? 0 : Math.floor(this.#random() * 2 * this.#stride);
    return true;
  }

  /** Calls came in since the last time: adapts what is kept of the next. */
  paced(calls: number): void {
    this.#stride = Math.max(1, Math.ceil(calls / perSecond));
    this.#taken = 0;
  }

  asked(
    gate: Gate,
    inputs: CallInputs,
    answer: Entry | Waiting | Block,
    nowMs: number,
    mayWait: boolean,
  ): void {
    const seen = declaredInputs(gate.standing.plan, inputs);
    this.#answered({ atMs: nowMs, gate, inputs: seen, mayWait, rules: [] }, answer);
  }

  resumed(waiting: Waiting, answer: Entry | Block): void {
    const recording = this.#open.get(waiting);
    this.#open.delete(waiting);
    if (recording) this.#answered(recording, answer);
  }

  cancelled(waiting: Waiting): void {
    this.#open.delete(waiting);
  }

  /** The end of a call that is marked as recorded. */
  ended(entry: Entry, outcome: Outcome, { nowMs }: ClockReading): void {
    const recording = this.#open.get(entry);
    if (!recording) return;
    this.#open.delete(entry);
    const verdict = recording.rules.length > 0 ? 'wouldBlock' : 'pass';
    this.#finish(recording, { verdict, outcome, durationMs: Math.max(0, nowMs - entry.startMs) });
  }

  /** What has ended since the last time. */
  take(nowMs: number): RecordedCall[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished.map((call) => ({ agoMs: Math.max(0, nowMs - call.atMs), ...call }));
  }

  #answered(recording: Recording, answer: Entry | Waiting | Block): void {
    if (answer instanceof Entry) {
      recording.rules = answer.standing?.holds.wouldBlock ?? [];
      answer.recorded();
    } else if (answer.verdict === 'block') {
      recording.rules = [(answer as Block).ruleId];
      this.#finish(recording, { verdict: 'block' });
      return;
    }
    this.#open.set(answer as Entry | Waiting, recording);
    // A call that never ends is not kept for ever.
    if (this.#open.size > mostOpen) for (const [oldest] of this.#open) return void this.#open.delete(oldest);
  }

  #finish(
    { atMs, gate, inputs, mayWait, rules }: Recording,
    more: Pick<Finished, 'verdict'> & Partial<Finished>,
  ) {
    const { resource, type } = gate;
    this.#finished.push({
      ...more,
      atMs,
      ...(mayWait && { mayWait }),
      resource,
      type,
      inputs,
      rules: rules.slice(0, mostRules),
    });
    if (this.#finished.length > mostKept) this.#finished.shift();
  }
}
