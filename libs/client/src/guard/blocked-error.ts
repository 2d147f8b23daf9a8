import type { Block, BlockCode, Degrade, Language, ResourceType, RuleKind } from '@sluice/core';
import { isHeaderValue, mayHaveBody } from '@sluice/protocol/client';

/** What a server answers to the caller of a call that was refused. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const statuses: Readonly<Record<BlockCode, number>> = {
  limited: 429,
  denied: 403,
  breakerOpen: 503,
  overloaded: 503,
  degraded: 503,
};

const happened: Readonly<Record<BlockCode, Readonly<Record<Language, string>>>> = {
  limited: { en: 'has reached the limit of', zh: '达到限流规则' },
  denied: { en: 'does not let this caller in, by', zh: '拒绝此调用方，规则' },
  breakerOpen: { en: 'is not called while a breaker is open, by', zh: '熔断中，未被调用，规则' },
  overloaded: { en: 'is not called while the process is overloaded, by', zh: '进程过载，未被调用，规则' },
  degraded: { en: 'is switched off for now, by', zh: '暂时降级，规则' },
};

/**
 * A call was refused by a rule: the function was not called. It has no stack, for refusing must cost little when there
 * is much to refuse.
 */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
  /** Why: `limited`, `denied`, `breakerOpen`, `overloaded` or `degraded`. */
  readonly code: BlockCode;
  readonly resource: string;
  readonly type: ResourceType;
  /** `namespace/key` of the rule. */
  readonly ruleId: string;
  readonly kind: RuleKind;
  /** The revision of the rules. */
  readonly revision: number;
  /** When trying again may help; undefined where nobody knows. */
  readonly retryAfterMs: number | undefined;
  /** What the script says that refused the call, at most 200 characters; undefined where no script did. */
  readonly reason: string | undefined;
  /** Ask the instance, or the console, for this id to learn what the rule had counted at that moment. */
  readonly decisionId: string;
  /** What the rule gives the caller instead of the call. */
  readonly onBlock: Degrade | undefined;

  constructor(block: Block, message: string) {
    super(message);
    this.code = block.code;
    this.resource = block.resource;
    this.type = block.type;
    this.ruleId = block.ruleId;
    this.kind = block.kind;
    this.revision = block.revision;
    this.retryAfterMs = block.retryAfterMs;
    this.reason = block.reason;
    this.decisionId = block.decisionId;
    this.onBlock = block.onBlock;
  }

  /** 429 for limits, 403 for access, 503 for breakers, overload and degradation; or what the rule says. */
  get httpStatus(): number {
    return this.onBlock?.answer === 'http' ? this.onBlock.status : statuses[this.code];
  }

  /** The answer to an HTTP request that was refused: the rule's own, else JSON with code, message and decision id. */
  toHttp(): HttpAnswer {
    const { onBlock } = this;
    const headers = this.#retryHeader();
    switch (onBlock?.answer) {
      case 'http': {
        const { status, body = '', contentType = plainText } = onBlock;
        // A rule that nobody could send must not become an error of the app.
        if (!mayHaveBody(status)) return { status, headers, body: '' };
        const type = isHeaderValue(contentType) ? contentType : plainText;
        return { status, headers: { ...headers, 'content-type': type }, body };
      }
      case 'value':
        return { status: 200, headers: json, body: JSON.stringify(onBlock.value) };
      case 'empty':
        return { status: 204, headers: {}, body: '' };
      default: {
        const { code, message, decisionId, reason } = this;
        const retryAfterMs = wholeMs(this.retryAfterMs);
        const body = JSON.stringify({ code, message, decisionId, retryAfterMs, reason });
        return { status: statuses[code], headers: { ...headers, ...json }, body };
      }
    }
  }

  /** In whole seconds, and never too early. */
  #retryHeader(): Readonly<Record<string, string>> {
    const retryAfterMs = wholeMs(this.retryAfterMs);
    if (retryAfterMs === undefined) return {};
    return { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
  }
}

/** In whole milliseconds, and never too early; undefined where nobody knows. */
const wholeMs = (ms: number | undefined): number | undefined =>
  ms === undefined || !Number.isFinite(ms) ? undefined : Math.ceil(ms);

const plainText = 'text/plain; charset=utf-8';
const json = { 'content-type': 'application/json; charset=utf-8' } as const;

/** Makes the error of a refusal, without the cost of a stack. */
export function blockedError(block: Block, language: Language): BlockedError {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0;
    return new BlockedError(block, messageOf(block, language));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function messageOf(block: Block, language: Language) {
  const { code, resource, ruleId, decisionId, retryAfterMs, onBlock, reason } = block;
  if (onBlock?.answer === 'error' && onBlock.message !== undefined) return onBlock.message;
  const what = happened[code][language];
  const wait = wholeMs(retryAfterMs);
  if (language === 'zh')
    return `${resource} ${what} ${ruleId}${reason === undefined ? '' : `：${reason}`}。${wait === undefined ? '' : `${wait} 毫秒后可重试。`}决策编号 ${decisionId}`;
  return `${resource} ${what} ${ruleId}${reason === undefined ? '' : `: ${reason}`}. ${wait === undefined ? '' : `Try again in ${wait} ms. `}Decision ${decisionId}`;
}
