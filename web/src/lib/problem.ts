import type { Fault, ThreeWayDiff } from '@sluice/core';
import { type ErrorBody, errorBody } from '@sluice/protocol';
import { currentTexts } from './i18n/language.ts';

/** What went wrong with a request, in words that say what happened, what is still true and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** 0: there was no answer at all. */
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Pick<ErrorBody, 'code' | 'message'> & Partial<ErrorBody>) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.requestId = body.requestId;
    this.details = body.details ?? {};
  }

  /** What is wrong with the input, place by place. */
  get faults(): readonly Fault[] {
    return Array.isArray(this.details.faults) ? (this.details.faults as Fault[]) : [];
  }

  /** Your content, what it was based on and what is live now, when somebody else was faster. */
  get threeWay(): ThreeWayDiff | undefined {
    return this.details.threeWay as ThreeWayDiff | undefined;
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = errorBody.safeParse(await response.json().catch(() => undefined));
  if (body.success) return new Problem(response.status, body.data);
  return new Problem(response.status, {
    code: `http_${response.status}`,
    message: currentTexts().problem.strangeAnswer(response.status),
  });
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, { code: 'console_error', message: currentTexts().problem.ofOurOwn(String(error)) });
}
