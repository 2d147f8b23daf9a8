import type { BlockCode } from '../model/call.ts';
import type { Block } from './block.ts';
import type { CompiledRule } from './compile.ts';
import type { Gate } from './gate.ts';
import type { BreakerStep, FilterStep, LimitStep } from './step.ts';

/** Signals are sampled about once a second; nothing changes before. */
const sampledEveryMs = 1000;

type Detail = Partial<Pick<Block, 'retryAfterMs' | 'value' | 'threshold' | 'key' | 'state' | 'reason'>>;

function refuse(
  gate: Gate,
  { id, rule }: CompiledRule,
  code: BlockCode,
  atMs: number,
  detail: Detail,
): Block {
  gate.state.counters.block(code, id);
  gate.standing.plan.faults?.refused();
  const block: Block = {
    verdict: 'block',
    code,
    resource: gate.resource,
    type: gate.type,
    ruleId: id,
    kind: rule.kind,
    revision: gate.standing.plan.revision,
    decisionId: gate.world.decisions.nextId(),
    atMs,
    ...detail,
    ...(rule.onBlock && { onBlock: rule.onBlock }),
  };
  gate.world.decisions.keep(block);
  return block;
}

export function blockByFilter(gate: Gate, step: FilterStep, nowMs: number): Block {
  return refuse(gate, step.compiled, step.code, nowMs, {
    ...step.measure?.(),
    ...(step.code === 'overloaded' && { retryAfterMs: sampledEveryMs }),
  });
}

/** The key of the step is that of the present call. */
export function blockByLimit(gate: Gate, step: LimitStep, nowMs: number, key: string = step.key): Block {
  const limiter = step.limiterOf(nowMs, key);
  const waitMs = limiter.peek(gate.world);
  // Who is refused because he can't wait may come back when the wait would be over.
  const isWait = waitMs > 0 && waitMs < Number.POSITIVE_INFINITY;
  return refuse(gate, step.compiled, 'limited', nowMs, {
    retryAfterMs: isWait ? waitMs : limiter.retryAfterMs(nowMs),
    value: limiter.used(nowMs),
    threshold: step.state.limitOf(key),
    ...(step.state.keyed && { key }),
  });
}

export function blockByBreaker(gate: Gate, { compiled, breaker }: BreakerStep, nowMs: number): Block {
  return refuse(gate, compiled, 'breakerOpen', nowMs, {
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
  return refuse(gate, compiled, 'denied', nowMs, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(reason !== undefined && { reason }),
  });
}
