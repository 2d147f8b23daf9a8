import type { Breaker } from '../breaking/breaker.ts';
import { ResourceFaults } from '../faulting/resource-faults.ts';
import type { Limiter } from '../limiting/limiter.ts';
import type { BreakerRule } from '../model/breaker-rule.ts';
import type { LimitRule } from '../model/limit-rule.ts';
import type { AccessRule, DegradeRule, RuleKind, SystemRule } from '../model/rule.ts';
import type { ScriptRule } from '../model/script-rule.ts';
import type { CompiledRule } from './compile.ts';
import type { ResourceState } from './resource-state.ts';
import { accessStep, BreakerStep, degradeStep, type FilterStep, LimitStep, systemStep } from './step.ts';
import { placeOf, type World } from './world.ts';

/**
 * Steps in the order in which a call passes them. Frozen as objects, not as arrays: reading from a frozen array costs
 * a call a third of its time.
 */
export interface Stages {
  /** Access, then degrade, then system. */
  readonly filters: readonly FilterStep[];
  /** Limits that count calls in time. */
  readonly limits: readonly LimitStep[];
  /** Limits that count calls under way: they have to learn when one ends. */
  readonly permits: readonly LimitStep[];
  readonly breakers: readonly BreakerStep[];
}

/**
 * Rules that are about every call, as what they count with. All but the last step give back exactly what they took, so
 * they may take before the others are asked.
 */
export interface Straight {
  readonly breakers: readonly Breaker[];
  /** Of limits that count all calls together. */
  readonly limiters: readonly Limiter[];
  /** Limits by key that come after them, all but one. Undefined where there are none. */
  readonly keyed: readonly LimitStep[] | undefined;
  /** The limit that comes last: by key, or one that doesn't give back exactly. */
  readonly last: LimitStep | undefined;
}

/** What a call holds of a rule that counts calls under way. */
export interface Permit {
  release(): void;
  /** Of a call that is only watched: it is counted already as one that would have been refused. */
  doubted?(): void;
}

/** What has to learn how a call ends. */
export interface Holds {
  readonly permits: readonly Permit[];
  readonly breakers: readonly Breaker[];
  /** Ids of rules in monitor mode that would have refused it. */
  readonly wouldBlock: readonly string[];
}

/** The rules of one resource at one revision, ready to be passed. A call keeps the plan that it came in under. */
export interface Plan {
  readonly revision: number;
  readonly intercept: Stages;
  readonly monitor: Stages;
  /** Every call holds the same: this. Undefined where conditions, keys or monitors make it a matter of the call. */
  readonly holds: Holds | undefined;
  /** The same of the rules that intercept, whatever monitors add to it. */
  readonly interceptHolds: Holds | undefined;
  /** Of the rules that intercept. Undefined where one has to be weighed: it filters, or it is about some of the calls. */
  readonly straight: Straight | undefined;
  /**
   * The rules that only watch, where nothing else has to be asked than these limits, each about every call. Undefined
   * where one has to be weighed.
   */
  readonly watchers: readonly LimitStep[] | undefined;
  /** Whether any rule looks at more of a call than that it comes. */
  readonly readsInputs: boolean;
  /** No rule does, and no drill breaks calls of the resource: all that matters of a call is when it comes and ends. */
  readonly isBare: boolean;
  /** Undefined where no drill breaks calls of the resource. */
  readonly faults: ResourceFaults | undefined;
  readonly scripts: readonly CompiledRule<ScriptRule>[];
  /** Scripts that only watch. */
  readonly watchingScripts: readonly CompiledRule<ScriptRule>[];
  /** Whether any of either kind is asked about a call: only those that decide are. */
  readonly asksScripts: boolean;
}

const filterKinds = ['access', 'degrade', 'system'] as const;

function stagesOf(rules: readonly CompiledRule[], state: ResourceState, world: World): Stages {
  const limits = ofKind<LimitRule>(rules, 'limit').map(
    (compiled) => new LimitStep(compiled, state.limits(compiled)),
  );
  const isPermit = ({ compiled }: LimitStep): boolean => compiled.rule.algorithm === 'concurrency';
  return Object.freeze({
    filters: filterKinds.flatMap((kind) =>
      rules.filter(({ rule }) => rule.kind === kind).map((compiled) => filterOf(compiled, state, world)),
    ),
    limits: limits.filter((step) => !isPermit(step)),
    permits: limits.filter(isPermit),
    breakers: ofKind<BreakerRule>(rules, 'breaker').map(
      (compiled) => new BreakerStep(compiled, state.breaker(compiled)),
    ),
  });
}

function filterOf(compiled: CompiledRule, state: ResourceState, world: World): FilterStep {
  const { id, rule } = compiled;
  switch (rule.kind) {
    case 'access':
      return accessStep(compiled as CompiledRule<AccessRule>);
    case 'degrade':
      return degradeStep(compiled as CompiledRule<DegradeRule>, state.draw(id));
    default:
      return systemStep(compiled as CompiledRule<SystemRule>, state.draw(id), world);
  }
}

const ofKind = <R extends CompiledRule['rule'] & { readonly kind: RuleKind }>(
  rules: readonly CompiledRule[],
  kind: R['kind'],
): CompiledRule<R>[] => rules.filter(({ rule }) => rule.kind === kind) as CompiledRule<R>[];

/** The one answer to what a call holds, if every call holds the same. */
function sameForAll({ permits, breakers }: Stages): Holds | undefined {
  const varies = [...permits, ...breakers].some(({ compiled }) => !compiled.always);
  if (varies || permits.some(({ state }) => state.keyed)) return undefined;
  return Object.freeze({
    permits: permits.map((step) => step.permits(0)),
    breakers: breakers.map(({ breaker }) => breaker),
    wouldBlock: [],
  });
}

const isEmpty = (stages: Stages): boolean =>
  Object.values(stages).every((steps: readonly unknown[]) => steps.length === 0);

/** Only of stages of which every call holds the same. */
function straightOf({ filters, limits, permits, breakers }: Stages): Straight | undefined {
  if (filters.length > 0 || limits.some(({ compiled }) => !compiled.always)) return undefined;
  const all = [...limits, ...permits];
  const isExact = ({ compiled: { rule } }: LimitStep): boolean =>
    rule.algorithm !== 'leakyBucket' && rule.algorithm !== 'warmUp';
  const inexact = all.filter((step) => !isExact(step));
  if (inexact.length > 1) return undefined;
  const exact = all.filter(isExact);
  // Keys last: none is made for a call that another limit refuses.
  const others = [...exact.filter(({ state }) => state.keyed !== undefined), ...inexact];
  return Object.freeze({
    breakers: breakers.map(({ breaker }) => breaker),
    limiters: exact.flatMap(({ state }) => state.limiter ?? []),
    keyed: others.length > 1 ? others.slice(0, -1) : undefined,
    last: others.at(-1),
  });
}

/** As many as an integer has bits for. */
const mostWatchers = 30;

function watchersOf({ filters, limits, permits, breakers }: Stages): readonly LimitStep[] | undefined {
  const others = filters.length + permits.length + breakers.length;
  // Who may wait isn't refused, and takes his place in the queue: that has to be weighed.
  const isPlain = ({ compiled: { always, rule } }: LimitStep): boolean =>
    always && (rule.algorithm !== 'leakyBucket' || rule.maxQueueMs === 0);
  return others === 0 && limits.length <= mostWatchers && limits.every(isPlain) ? limits : undefined;
}

function readsInputs({ rule, when }: CompiledRule): boolean {
  if (when !== undefined || rule.kind === 'access' || rule.kind === 'script') return true;
  if (rule.onBlock?.answer === 'script') return true;
  return rule.kind === 'limit' && rule.per !== undefined && rule.per.by !== 'instance';
}

/** The plan of a resource. Its counts go on where they were. */
export function planOf(name: string, state: ResourceState, world: World): Plan {
  const { rules, killSwitch, drills } = world;
  const all = rules.rulesOf(name, state.type).filter(({ rule }) => rule.mode !== 'off');
  const isIntercept = ({ rule }: CompiledRule): boolean =>
    rule.mode === 'intercept' && !killSwitch.monitorOnly;
  const intercept = stagesOf(all.filter(isIntercept), state, world);
  const monitor = stagesOf(
    all.filter((compiled) => !isIntercept(compiled)),
    state,
    world,
  );
  const interceptHolds = sameForAll(intercept);
  const scripts = ofKind<ScriptRule>(all, 'script');
  const faults = killSwitch.noFaults
    ? undefined
    : ResourceFaults.of(drills, name, state.type, placeOf(state.type, state.name));
  const looksAtInputs = [...all, ...(faults?.rules ?? [])].some(readsInputs);
  // What every call looks at comes first, near to each other.
  return Object.freeze({
    watchers: watchersOf(monitor),
    faults,
    readsInputs: looksAtInputs,
    isBare: !looksAtInputs && faults === undefined,
    asksScripts: scripts.some(({ rule }) => rule.role === 'decide'),
    revision: rules.revision,
    intercept,
    monitor,
    holds: isEmpty(monitor) ? interceptHolds : undefined,
    interceptHolds,
    straight: interceptHolds !== undefined ? straightOf(intercept) : undefined,
    scripts: Object.freeze(scripts.filter(isIntercept)),
    watchingScripts: Object.freeze(scripts.filter((compiled) => !isIntercept(compiled))),
  });
}
