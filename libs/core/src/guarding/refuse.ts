import type { BlockCode } from '../model/call.ts';
import type { Block } from './block.ts';
import type { CompiledRule } from './compile.ts';
import type { Gate } from './gate.ts';
import type { Plan } from './plan.ts';
import type { BreakerStep, FilterStep, LimitStep } from './step.ts';

/** Signals are sampled about once a second; nothing changes before. */
const sampledEveryMs = 1000;

type Detail = Partial<Pick<Block, 'retryAfterMs' | 'value' | 'threshold' | 'key' | 'state' | 'reason'>>;

/** By the plan that the call came in under: its rule may be gone by now, where it had to wait. */
function refuse(
  gate: Gate,
  plan: Plan,
  { id, rule, untilMs }: CompiledRule,
  code: BlockCode,
  atMs: number,
  detail: Detail,
): Block {
  const { world } = gate;
  gate.state.counters.block(code, id);
  plan.faults?.refused();
  /** The rule may be over before. */
  const leftMs = Math.max(0, untilMs - world.wallOffsetMs - atMs);
  const block: Block = {
    verdict: 'block',
    code,
    resource: gate.resource,
    type: gate.type,
    ruleId: id,
    kind: rule.kind,
    revision: plan.revision,
    decisionId: world.decisions.nextId(),
    atMs,
    ...detail,
    ...(detail.retryAfterMs! > leftMs && { retryAfterMs: leftMs }),
    ...(rule.onBlock && { onBlock: rule.onBlock }),
  };
  world.decisions.keep(block);
  return block;
}

export function blockByFilter(gate: Gate, plan: Plan, step: FilterStep, nowMs: number): Block {
  return refuse(gate, plan, step.compiled, step.code, nowMs, {
    ...step.measure?.(),
    ...(step.code === 'overloaded' && { retryAfterMs: sampledEveryMs }),
  });
}

/** The key of the step is that of the present call. */
export function blockByLimit(
  gate: Gate,
  plan: Plan,
  step: LimitStep,
  nowMs: number,
  key: string = step.key,
): Block {
  const limiter = step.limiterOf(nowMs, key);
  const waitMs = limiter.peek(gate.world);
  // Who is refused because he can't wait may come back when the wait would be over.
  const isWait = waitMs > 0 && waitMs < Number.POSITIVE_INFINITY;
  return refuse(gate, plan, step.compiled, 'limited', nowMs, {
    retryAfterMs: isWait ? waitMs : limiter.retryAfterMs(nowMs),
    value: limiter.used(nowMs),
    threshold: step.state.limitOf(key),
    ...(step.state.keyed && { key }),
  });
}

export function blockByBreaker(
  gate: Gate,
  plan: Plan,
  { compiled, breaker }: BreakerStep,
  nowMs: number,
): Block {
  return refuse(gate, plan, compiled, 'breakerOpen', nowMs, {
    retryAfterMs: breaker.retryAfterMs(nowMs),
    value: breaker.value(nowMs),
    threshold: breaker.threshold,
    state: breaker.state(nowMs),
  });
}

/** What a script says of a call that it refuses. */
export type ScriptWords = Pick<Block, 'retryAfterMs' | 'reason'>;

/** A script has refused the call; it measures nothing, so an explanation has its own words, if it gave any. */
export function blockByScript(
  gate: Gate,
  compiled: CompiledRule,
  nowMs: number,
  { retryAfterMs, reason }: ScriptWords,
): Block {
  return refuse(gate, gate.standing.plan, compiled, 'denied', nowMs, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(reason !== undefined && { reason }),
  });
}
