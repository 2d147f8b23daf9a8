import { Inject, Injectable } from '@nestjs/common';
import { type Json, lintNumbers, lintSteps, type Rule, type Rules } from '@sluice/core';
import {
  type Contracts,
  faultsOf,
  type LintFinding,
  type ResponseOf,
  rule as ruleSchema,
} from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import type { Input } from '../http/input.decorator.ts';
import { Traffic } from '../traffic/traffic.ts';
import { ClusterLimits } from './cluster-limits.ts';
import { LiveRules, withRefs } from './live-rules.ts';
import { LongWork } from './long-work.ts';

/** Looks for mistakes in rules, among the other rules of the app and against the names that calls come through. */
@Injectable()
export class LintService {
  readonly #catalog: CatalogRead;
  readonly #rules: LiveRules;
  readonly #traffic: Traffic;
  readonly #clock: Clock;
  readonly #limits: ClusterLimits;
  /** Not that of replays: whoever writes a rule waits for it. */
  readonly #work: LongWork;

  constructor(
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(LiveRules) rules: LiveRules,
    @Inject(Traffic) traffic: Traffic,
    @Inject(Clock) clock: Clock,
    @Inject(ClusterLimits) limits: ClusterLimits,
  ) {
    this.#catalog = catalog;
    this.#rules = rules;
    this.#traffic = traffic;
    this.#clock = clock;
    this.#limits = limits;
    this.#work = new LongWork(clock);
  }

  async lint({
    params,
    body,
    isGone,
  }: Input<Contracts['lintRules']>): Promise<ResponseOf<Contracts['lintRules']>> {
    await this.#catalog.requireApp(params.env, params.app);
    const place = { environment: params.env, app: params.app };
    const { namespaces } = await this.#rules.of(place);
    const { namespace, rules: written } = body;
    const refOf = (key: string): string => (namespace === undefined ? key : `${namespace}/${key}`);
    const { sound, findings } = read(written ?? {}, refOf);
    const replaced = namespacesOf(Object.keys(written ?? {}).map(refOf));
    if (written !== undefined) replaced.add(namespace);
    const others = new Map([...namespaces].filter(([name]) => !replaced.has(name)));
    const all: Rules = { ...withRefs(others), ...sound };
    const asked = new Set(
      written === undefined
        ? Object.keys(all).filter((ref) => namespace === undefined || ref.startsWith(`${namespace}/`))
        : Object.keys(sound),
    );
    const resources = [...(await this.#traffic.of(place)).all()].map(({ resource: name, type }) => ({
      name,
      type,
    }));
    const instances = this.#limits.instancesOf(place);
    const steps = lintSteps(all, { nowMs: this.#clock.now(), resources, instances });
    const linted = await this.#work.inTurn(({ run }) => run(steps), isGone);
    const found = linted.filter(({ rule }) => asked.has(rule));
    return {
      checked: written === undefined ? asked.size : Object.keys(written).length,
      items: [...findings, ...found],
      resourcesKnown: resources.length > 0,
    };
  }
}

const namespacesOf = (refs: readonly string[]): Set<string | undefined> =>
  new Set(refs.filter((ref) => ref.includes('/')).map((ref) => ref.slice(0, ref.indexOf('/'))));

/** Rules that are rules, by their ref; and of those that aren't, why. */
function read(
  written: Readonly<Record<string, Json>>,
  refOf: (key: string) => string,
): { sound: Record<string, Rule>; findings: LintFinding[] } {
  const sound: Record<string, Rule> = {};
  const findings: LintFinding[] = [];
  for (const [key, json] of Object.entries(written)) {
    const ref = refOf(key);
    const parsed = ruleSchema.safeParse(json, { reportInput: true });
    if (parsed.success) {
      sound[ref] = parsed.data as Rule;
      continue;
    }
    const explained = lintNumbers(ref, json).filter(({ severity }) => severity === 'error');
    const fields = new Set(explained.map(({ field }) => field));
    findings.push(...explained);
    for (const { path, message, zh } of faultsOf(parsed.error))
      if (!fields.has(path))
        findings.push({
          code: 'invalid',
          severity: 'error',
          rule: ref,
          field: path,
          text: { en: message, zh: zh ?? message },
        });
  }
  return { sound, findings };
}
