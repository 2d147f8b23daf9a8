import { Inject, Injectable } from '@nestjs/common';
import {
  canonicalText,
  type PredictedPart,
  type Prediction,
  predictable,
  predictSteps,
  type ReplayCall,
  type Rule,
  SluiceError,
  smallestLimit,
} from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import type { Place } from '../fleet/place.ts';
import { may } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { doubts, doubtsAbout } from './doubts.ts';
import { LiveRules } from './live-rules.ts';
import { LongWork, type Slices } from './long-work.ts';
import { type Recording, Recordings, summaryOf } from './recordings.ts';
import { sampledRule } from './sampled-rules.ts';

/** Calls among which the smallest limit is looked for, by at most twenty replays. */
const searched = 20_000;
/** So much must have been seen before a rule should be trusted to block. */
const enoughCalls = 10_000;
const enoughMs = 24 * 3_600_000;

type PredictInput = Input<Contracts['predictRule']>;

/** What a rule would block, from the calls that were recorded. */
@Injectable()
export class PredictService {
  readonly #catalog: CatalogRead;
  readonly #rules: LiveRules;
  readonly #recordings: Recordings;
  readonly #work: LongWork;

  constructor(
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(LiveRules) rules: LiveRules,
    @Inject(Recordings) recordings: Recordings,
    @Inject(LongWork) work: LongWork,
  ) {
    this.#catalog = catalog;
    this.#rules = rules;
    this.#recordings = recordings;
    this.#work = work;
  }

  async predict({
    params,
    body,
    caller,
    isGone,
  }: PredictInput): Promise<ResponseOf<Contracts['predictRule']>> {
    await this.#catalog.requireApp(params.env, params.app);
    const place = { environment: params.env, app: params.app };
    const rule = await this.#rule(place, body);
    const said = await this.#work.inTurn((slices) => this.#predict(place, rule, body, slices), isGone);
    if (said.byKey.length === 0 || may(caller, 'config:edit', place)) return said;
    // Whoever may only read sees by what the app counts, and picks no inputs of calls by a rule of his own.
    const { all } = await this.#rules.of(place);
    const isCounted = Object.values(all).some((live) => keyText(live) === keyText(rule));
    return isCounted ? said : { ...said, byKey: [], warnings: [...said.warnings, doubts.hidden] };
  }

  async #rule(place: Place, { ref, rule }: PredictInput['body']): Promise<Rule> {
    const { all } = await this.#rules.of(place);
    const live = ref !== undefined && Object.hasOwn(all, ref) ? all[ref] : undefined;
    if (ref !== undefined && rule === undefined && !live)
      throw new SluiceError('not_found', { what: { en: `live rule "${ref}"`, zh: `线上规则“${ref}”` } });
    const wanted = (rule ?? live) as Rule;
    if (!predictable.has(wanted.kind))
      throw new SluiceError('wrong_state', {
        reason: {
          en: `a recording says nothing of rules of kind "${wanted.kind}"; it knows calls, not the process or scripts`,
          zh: `录制数据无法预测“${wanted.kind}”类规则；它只包含调用，不含进程状态或脚本`,
        },
      });
    return wanted;
  }

  async #predict(
    place: Place,
    rule: Rule,
    { ref, from, to, targetShare, seed }: PredictInput['body'],
    slices: Slices,
  ): Promise<ResponseOf<Contracts['predictRule']>> {
    const isShared = rule.kind === 'limit' && rule.scope === 'cluster';
    const recording = await this.#recordings.read(place, { from, to }, isShared);
    // What another rule refused never came as far as this one.
    const calls = recording.calls.filter((_, i) => {
      const { verdict, rules } = recording.kept[i]!.call;
      return verdict !== 'block' || (ref !== undefined && rules.includes(ref));
    });
    const { sampledBy, sampledByOf, weightOf, wallOffsetMs } = recording;
    const options = { seed, wallOffsetMs, sampledBy: sampledByOf, scaled: sampledRule, weightOf };
    const said = await slices.run(predictSteps(rule, calls, options));
    const { share } = said;
    const smallest = await slices.run(smallestLimit(rule, calls.slice(-searched), targetShare, options));
    return {
      recording: summaryOf(recording),
      calls: said.calls,
      wouldBlock: said.wouldBlock,
      share,
      ...(sampledBy > 1.001 &&
        said.calls > 0 && { shareError: Math.sqrt((share * (1 - share)) / said.calls) }),
      healthy: said.healthy,
      byMinute: said.byMinute.map(({ atMs, ...counts }) => ({ at: new Date(atMs).toISOString(), ...counts })),
      byOrigin: [...said.byOrigin],
      byKey: [...said.byKey],
      byInstance: byInstanceId(said, recording),
      ...(smallest && { smallestLimit: smallest }),
      enough: isEnough(said, calls, sampledBy),
      warnings: doubtsAbout(recording),
    };
  }
}

/** What a limit counts by, as text; '' where it counts all calls together. */
function keyText(rule: Rule): string {
  if (rule.kind !== 'limit' || rule.per === undefined || rule.per.by === 'instance') return '';
  const { overrides: _, maxKeys: __, ...input } = rule.per;
  return canonicalText(input);
}

function isEnough({ calls, byMinute }: Prediction, all: readonly ReplayCall[], sampledBy: number): boolean {
  const spanMs = (byMinute.at(-1)?.atMs ?? 0) - (byMinute[0]?.atMs ?? 0);
  return all.length > 0 && (calls * sampledBy >= enoughCalls || spanMs >= enoughMs);
}

/** Processes of one instance, one after the other, together. */
function byInstanceId({ byInstance }: Prediction, { instanceIdOf }: Recording): PredictedPart[] {
  const parts = new Map<string, PredictedPart>();
  for (const { value, calls, wouldBlock, healthy } of byInstance) {
    const id = instanceIdOf(value);
    const known = parts.get(id) ?? { value: id, calls: 0, wouldBlock: 0, healthy: 0 };
    parts.set(id, {
      value: id,
      calls: known.calls + calls,
      wouldBlock: known.wouldBlock + wouldBlock,
      healthy: known.healthy + healthy,
    });
  }
  return [...parts.values()];
}
