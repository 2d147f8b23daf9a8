import type { FaultRule, Json, Language, Outcome, RunningFault } from '@sluice/core';
import { mayHaveBody } from '@sluice/protocol/client';
import { outcomeOfCode } from '../adapters/grpc-outcome.ts';
import { outcomeOfStatus } from '../adapters/web-outcome.ts';
import type { HttpAnswer } from '../blocked-error.ts';

/** How it broke. */
export type InjectedKind = 'error' | 'return' | 'abort' | 'hang';

/** What a call that was let go of after it hung looks like to those who speak HTTP or gRPC: it took too long. */
const hung = { http: 504, grpc: 4 } as const;
const json = { 'content-type': 'application/json; charset=utf-8' } as const;

/**
 * A call was broken on purpose, by a fault of a drill. `name`, `message` and `code` are what the fault says, so that
 * the app meets it like the error that it stands for; a logger tells it by this class and by `drillId`.
 */
export class InjectedError extends Error {
  override name: string;
  readonly kind: InjectedKind;
  readonly drillId: string;
  /** Its name within the drill. */
  readonly fault: string;
  /** Of an error its code, if it has one; of a gRPC abort the status. */
  readonly code?: string | number;
  /** What web frameworks and HTTP clients look for: the status of an HTTP abort. */
  readonly status?: number;
  readonly statusCode?: number;
  /** What gRPC calls the message of a status. */
  readonly details?: string;
  readonly #rule: FaultRule;

  constructor({ id, name: fault, compiled }: RunningFault, language: Language) {
    const { rule } = compiled;
    super(messageOf(rule, id, language));
    this.#rule = rule;
    this.kind = rule.fault as InjectedKind;
    this.drillId = id.slice(0, -fault.length - 1);
    this.fault = fault;
    this.name = (rule.fault === 'error' && rule.name) || 'InjectedError';
    if (rule.fault === 'error' && rule.code !== undefined) this.code = rule.code;
    const status = httpStatusOf(rule);
    if (status !== undefined) {
      this.status = status;
      this.statusCode = status;
    }
    if (rule.fault === 'abort' && rule.protocol === 'grpc') {
      this.code = rule.status;
      this.details = rule.message ?? '';
    }
  }

  /** How such a call ends, for breakers and counts. */
  get outcome(): Outcome {
    const rule = this.#rule;
    if (rule.fault === 'return') return 'success';
    if (rule.fault !== 'abort') return 'error';
    return rule.protocol === 'http' ? outcomeOfStatus(rule.status) : outcomeOfCode(rule.status);
  }

  /** What a fault of kind `return` gives the caller. */
  get value(): Json | undefined {
    return this.#rule.fault === 'return' ? this.#rule.value : undefined;
  }

  /** The status of gRPC that it comes to; undefined where it has none of its own. */
  get grpcStatus(): number | undefined {
    if (this.kind === 'hang') return hung.grpc;
    return typeof this.code === 'number' ? this.code : undefined;
  }

  /** The HTTP answer that it stands for; undefined where it is an error like any other. */
  toHttp(): HttpAnswer | undefined {
    const rule = this.#rule;
    if (rule.fault === 'return') return { status: 200, headers: json, body: JSON.stringify(rule.value) };
    if (rule.fault !== 'abort' || rule.protocol !== 'http') return undefined;
    const { status } = rule;
    const body = (mayHaveBody(status) && rule.body) || '';
    return { status, headers: body === '' ? {} : { 'content-type': 'text/plain; charset=utf-8' }, body };
  }
}

function httpStatusOf(rule: FaultRule): number | undefined {
  if (rule.fault === 'hang') return hung.http;
  return rule.fault === 'abort' && rule.protocol === 'http' ? rule.status : undefined;
}

function messageOf(rule: FaultRule, id: string, language: Language): string {
  const isChinese = language === 'zh';
  switch (rule.fault) {
    case 'error':
      return rule.message;
    case 'abort': {
      const said = rule.protocol === 'http' ? rule.body : rule.message;
      const status = `${rule.protocol === 'http' ? 'HTTP' : 'gRPC'} ${rule.status}`;
      return said || (isChinese ? `演练故障 ${id}：${status}` : `Fault ${id} of a drill: ${status}`);
    }
    case 'hang':
      return isChinese
        ? `演练故障 ${id}：调用被挂起，现已放行`
        : `Fault ${id} of a drill: the call hung until now`;
    default:
      return isChinese ? `演练故障 ${id}` : `Fault ${id} of a drill`;
  }
}
