import type { BreakerState } from '../model/breaker-rule.ts';
import type { BlockCode } from '../model/call.ts';
import type { Degrade } from '../model/degrade.ts';
import type { ResourceType } from '../model/resource.ts';
import type { RuleKind } from '../model/rule.ts';

/** A call that is refused, and why: what an error says, and what an explanation shows. */
export interface Block {
  readonly verdict: 'block';
  readonly code: BlockCode;
  readonly resource: string;
  readonly type: ResourceType;
  readonly ruleId: string;
  readonly kind: RuleKind;
  readonly revision: number;
  readonly decisionId: string;
  readonly atMs: number;
  /** When trying again may help; absent where nobody knows. */
  readonly retryAfterMs?: number;
  /** What the rule measured at that moment, and against what. */
  readonly value?: number;
  readonly threshold?: number;
  /** The key that it was counted under. */
  readonly key?: string;
  readonly state?: BreakerState;
  /** What the script says that refused it; at most 200 characters. */
  readonly reason?: string;
  /** What the caller gets. Without it, an error. */
  readonly onBlock?: Degrade;
}
