import { Inject, Injectable } from '@nestjs/common';
import {
  type ReplayCall,
  type ReplayVerdict,
  type Rules,
  recordedInputs,
  replayStates,
  replaySteps,
  SluiceError,
  type WallOffset,
  wallOffsetOf,
} from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import type { Place } from '../fleet/place.ts';
import type { Input } from '../http/input.decorator.ts';
import { doubts, doubtsAbout } from './doubts.ts';
import { LiveRules, withRefs } from './live-rules.ts';
import { LongWork, type Slices } from './long-work.ts';
import { type RecordingSummary, Recordings, summaryOf } from './recordings.ts';
import { sampledRules } from './sampled-rules.ts';

const differencesShown = 200;
/** Counts that are kept at a time, some 2 KB each. */
const mostStates = 200_000;
/** Of calls whose process nobody knows. */
const usualSeed = 1;
/** A clock that shows more than this is one of the wall. */
const since2001Ms = 1e12;

type ReplayInput = Input<Contracts['replayRules']>;
type Replayed = ResponseOf<Contracts['replayRules']>;

/** A call that was decided otherwise: which one, how, and by which rules. */
interface Differing {
  readonly index: number;
  readonly is: ReplayVerdict;
  readonly by: readonly string[];
}

/** Calls with what was decided of them. */
interface Source {
  readonly calls: readonly ReplayCall[];
  readonly verdicts: readonly ReplayVerdict[];
  readonly wallOffsetMs: WallOffset;
  readonly sampledByOf: (name: string | undefined) => number;
  readonly sampledByOfAll: (name: string | undefined) => number;
  readonly summary: RecordingSummary;
  readonly instanceIdOf: (name: string) => string;
  readonly seedOf: (name: string | undefined) => number | undefined;
  readonly warnings: Replayed['warnings'];
}

/** Decides recorded calls once more under other rules, by the engine of the instances. */
@Injectable()
export class ReplayService {
  readonly #catalog: CatalogRead;
  readonly #rules: LiveRules;
  readonly #recordings: Recordings;
  readonly #work: LongWork;
  readonly #clock: Clock;

  constructor(
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(LiveRules) rules: LiveRules,
    @Inject(Recordings) recordings: Recordings,
    @Inject(LongWork) work: LongWork,
    @Inject(Clock) clock: Clock,
  ) {
    this.#catalog = catalog;
    this.#rules = rules;
    this.#recordings = recordings;
    this.#work = work;
    this.#clock = clock;
  }

  async replay({ params, body, isGone }: ReplayInput): Promise<Replayed> {
    await this.#catalog.requireApp(params.env, params.app);
    const place = { environment: params.env, app: params.app };
    const rules = await this.#rulesOf(place, body);
    return this.#work.inTurn(
      async (slices) => this.#run(await this.#source(place, body), rules, body.seed, slices),
      isGone,
    );
  }

  async #rulesOf(place: Place, { rules, namespace }: ReplayInput['body']): Promise<Rules> {
    const { namespaces, all } = await this.#rules.of(place);
    if (rules === undefined) return namespace === undefined ? all : withRefs(only(namespaces, namespace));
    if (namespace === undefined) return rules as Rules;
    return withRefs(new Map([...namespaces, [namespace, rules as Rules]]));
  }

  async #source(place: Place, body: ReplayInput['body']): Promise<Source> {
    if (body.calls === undefined) {
      const recording = await this.#recordings.read(place, body, false);
      return {
        ...recording,
        verdicts: recording.kept.map(({ call }) => call.verdict),
        summary: summaryOf(recording),
        warnings: doubtsAbout(recording),
      };
    }
    const calls = body.calls.map(
      ({ instanceId, inputs, verdict: _, rules: __, ...call }): ReplayCall => ({
        atMs: call.atMs,
        resource: call.resource,
        type: call.type,
        inputs: recordedInputs(inputs),
        ...(call.outcome !== undefined && { outcome: call.outcome }),
        ...(call.durationMs !== undefined && { durationMs: call.durationMs }),
        ...(call.mayWait !== undefined && { mayWait: call.mayWait }),
        ...(instanceId !== undefined && { instance: instanceId }),
      }),
    );
    const lastMs = calls.reduce((last, { atMs }) => Math.max(last, atMs), 0);
    return {
      calls,
      verdicts: body.calls.map(({ verdict }) => verdict),
      // A clock that began with its process: taken to have ended now.
      wallOffsetMs: lastMs > since2001Ms ? 0 : this.#clock.now() - lastMs,
      sampledByOf: () => 1,
      sampledByOfAll: () => 1,
      summary: {
        calls: calls.length,
        instances: new Set(calls.map(({ instance }) => instance)).size,
        sampledBy: 1,
      },
      instanceIdOf: (name) => name,
      seedOf: () => undefined,
      warnings: [],
    };
  }

  async #run(source: Source, rules: Rules, asked: number | undefined, slices: Slices): Promise<Replayed> {
    const { calls, verdicts, wallOffsetMs, sampledByOf, sampledByOfAll } = source;
    const started = this.#clock.monotonic();
    const byRule = new Map<string, { rule: string; blocked: number; wouldBlock: number }>();
    const differing: Differing[] = [];
    if ((await slices.run(replayStates(calls, rules))) > mostStates) throw tooMany();
    const steps = replaySteps(calls, rules, {
      // Each process by its own chance, so that the same rules decide what they have decided.
      seed: (instance) => asked ?? source.seedOf(instance) ?? usualSeed,
      wallOffsetMs,
      rulesOf: (instance) => sampledRules(rules, sampledByOf(instance)),
      sampledBy: sampledByOfAll,
      onDecision: (index, is, by) => {
        for (const rule of by) {
          const counts = byRule.get(rule) ?? { rule, blocked: 0, wouldBlock: 0 };
          byRule.set(rule, counts);
          if (is === 'block') counts.blocked += 1;
          else counts.wouldBlock += 1;
        }
        if (verdicts[index] !== is) differing.push({ index, is, by });
      },
    });
    const totals = await slices.run(steps);
    const isUntold = Object.values(rules).some(({ kind }) => ['system', 'script', 'fault'].includes(kind));
    return {
      recording: source.summary,
      ...totals,
      rules: [...byRule.values()].sort((a, b) => b.blocked - a.blocked || b.wouldBlock - a.wouldBlock),
      differing: differing.length,
      differences: differencesOf(source, differing),
      warnings: [...source.warnings, ...(isUntold ? [doubts.untold] : [])],
      ms: Math.round(this.#clock.monotonic() - started),
    };
  }
}

const only = (namespaces: ReadonlyMap<string, Rules>, name: string): Map<string, Rules> =>
  new Map([...namespaces].filter(([each]) => each === name));

/** The first that were decided otherwise. Instances were decided one after the other, and each has a clock of its own. */
function differencesOf(source: Source, differing: readonly Differing[]): Replayed['differences'] {
  const { calls, verdicts, wallOffsetMs, instanceIdOf } = source;
  const wallMsOf = ({ index }: Differing): number =>
    calls[index]!.atMs + wallOffsetOf(wallOffsetMs, calls[index]!);
  return differing
    .map((each) => ({ ...each, wallMs: wallMsOf(each) }))
    .sort((a, b) => a.wallMs - b.wallMs || a.index - b.index)
    .slice(0, differencesShown)
    .map(({ index, is, by, wallMs }) => {
      const { atMs, resource, type, instance } = calls[index]!;
      return {
        at: momentOf(wallMs),
        atMs,
        ...(instance !== undefined && { instanceId: instanceIdOf(instance) }),
        resource,
        type,
        was: verdicts[index]!,
        is,
        rules: [...by],
      };
    });
}

function tooMany(): SluiceError {
  return new SluiceError('too_large', {
    limit: {
      en: `${mostStates} counts of an instance: each rule keeps one at each resource that it is about`,
      zh: `单个实例 ${mostStates} 个计数（每条规则在其匹配的每个资源上各占一个）`,
    },
  });
}

/** Somebody's clock may show anything. */
function momentOf(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), 253_402_300_799_000)).toISOString();
}
