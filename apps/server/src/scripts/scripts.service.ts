import { Inject, Injectable } from '@nestjs/common';
import { type Json, limits } from '@sluice/core';
import type { Contracts, ResponseOf, TriedScript } from '@sluice/protocol';
import { check, type ScriptHost, Trial } from '@sluice/scripts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import type { Input } from '../http/input.decorator.ts';
import { isDifferent, outcomeOf } from './outcome.ts';
import { RecordedInputs, type TryInput } from './recorded-inputs.ts';
import { ScriptDesk } from './script-desk.ts';
import { refusalOf } from './script-faults.ts';
import { Turnstile } from './turnstile.ts';

type CheckInput = Input<Contracts['checkScript']>;
type TryScriptInput = Input<Contracts['tryScript']>;
type Tried = ResponseOf<Contracts['tryScript']>;

const longestTryMs = 15_000;
const crowd = { atOnce: 4, waiting: 20, perMinute: 240 };

/** Checks and tries what somebody is writing, in the same kind of host that instances have. Nothing is changed by it. */
@Injectable()
export class ScriptsService {
  readonly #catalog: CatalogRead;
  readonly #desk: ScriptDesk;
  readonly #recorded: RecordedInputs;
  readonly #clock: Clock;
  readonly #checks = new Turnstile(crowd);
  /** A try may take 15 s: no check stands in line behind it. */
  readonly #tries = new Turnstile(crowd);

  constructor(
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(ScriptDesk) desk: ScriptDesk,
    @Inject(RecordedInputs) recorded: RecordedInputs,
    @Inject(Clock) clock: Clock,
  ) {
    this.#catalog = catalog;
    this.#desk = desk;
    this.#recorded = recorded;
    this.#clock = clock;
  }

  async check(input: CheckInput): Promise<ResponseOf<Contracts['checkScript']>> {
    const { source, role, inputs } = input.body;
    const problem = await this.#pass(this.#checks, input, (host) => check(host, source, role));
    if (problem) throw refusalOf(problem, 'source');
    return {
      sizeBytes: Buffer.byteLength(source),
      limitBytes: limits.scriptBytes,
      unusedInputs: inputs.filter((name) => !source.includes(name)),
    };
  }

  async try(input: TryScriptInput): Promise<Tried> {
    const { cases, recorded } = input.body;
    const runs = cases.map(
      (one): TryInput => ({
        values: one.values,
        nowMs: one.now === undefined ? this.#clock.now() : Date.parse(one.now),
        random: one.random,
        error: one.error,
      }),
    );
    const place = { environment: input.params.env, app: input.params.app };
    return this.#pass(this.#tries, input, async (host) =>
      this.#runAll(host, input.body, [
        ...runs,
        ...(recorded ? await this.#recorded.of(place, recorded) : []),
      ]),
    );
  }

  async #pass<T>(
    turnstile: Turnstile,
    { params, caller }: Pick<CheckInput, 'params' | 'caller'>,
    work: (host: ScriptHost) => Promise<T>,
  ): Promise<T> {
    await this.#catalog.requireApp(params.env, params.app);
    return turnstile.pass(caller.principal.id, this.#clock.monotonic(), () => this.#desk.use(work));
  }

  async #runAll(host: ScriptHost, body: TryScriptInput['body'], runs: readonly TryInput[]): Promise<Tried> {
    const { role: entry, source, compareWith, timeoutMs, inputs } = body;
    const trial = new Trial(host, { entry, source, timeoutMs });
    const other =
      compareWith === undefined ? undefined : new Trial(host, { entry, source: compareWith, timeoutMs });
    try {
      await requireRunnable(trial, 'source');
      if (other) await requireRunnable(other, 'compareWith');
      const items: TriedScript[] = [];
      const endMs = this.#clock.monotonic() + longestTryMs;
      for (const run of runs) {
        if (this.#clock.monotonic() >= endMs) break;
        items.push(await runOne(trial, other, inputs, run));
      }
      const differing = items.filter(({ differs }) => differs).length;
      return { items, differing, leftOut: runs.length - items.length };
    } finally {
      trial.end();
      other?.end();
    }
  }
}

async function requireRunnable(trial: Trial, path: string): Promise<void> {
  const problem = await trial.problem();
  if (problem) throw refusalOf(problem, path);
}

async function runOne(
  trial: Trial,
  other: Trial | undefined,
  inputs: readonly string[],
  { values, nowMs, random, error, call }: TryInput,
): Promise<TriedScript> {
  const declared: Record<string, Json> = {};
  for (const name of inputs) if (Object.hasOwn(values, name)) declared[name] = values[name]!;
  const given = { values: declared, now: nowMs, random, ...(error !== undefined && { error }) };
  const outcome = outcomeOf(await trial.run(given));
  const compared = other && outcomeOf(await other.run(given));
  return {
    ...outcome,
    values: declared,
    now: new Date(nowMs).toISOString(),
    random,
    ...(call && { call }),
    ...(compared && { other: compared, differs: isDifferent(outcome, compared) }),
  };
}
