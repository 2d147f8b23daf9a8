import {
  type BuiltRequest,
  buildRequest,
  type CallInput,
  type Contract,
  type ResponseOf,
} from '@sluice/protocol';

/** An answer as it came: for tests of refusals, headers and statuses. */
export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** An operation that was refused although the test relied on it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: unknown;

  constructor(operation: string, status: number, body: unknown) {
    super(`${operation} was answered ${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.code = (body as { code?: string } | undefined)?.code ?? '';
    this.body = body;
  }
}

/** Somebody who calls the API: with a cookie as the console does, with a token, or with nothing. */
export class HttpCaller {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.url = url;
    this.headers = headers;
  }

  /** What the contract promises, or a `Refusal`. */
  async call<C extends Contract>(contract: C, input: CallInput<C> = {}): Promise<ResponseOf<C>> {
    const answer = await this.attempt(contract, input);
    if (answer.status !== contract.status) throw new Refusal(contract.id, answer.status, answer.body);
    return contract.response.parse(answer.body) as ResponseOf<C>;
  }

  /** The answer, whatever it is. */
  attempt<C extends Contract>(contract: C, input: CallInput<C> = {}): Promise<Answer> {
    return this.send(buildRequest(contract, input));
  }

  /** Any request at all, for what no contract would write. */
  async send(request: BuiltRequest): Promise<Answer> {
    const response = await fetch(this.url + request.path, {
      method: request.method,
      headers: { ...request.headers, ...this.headers },
      redirect: 'manual',
      ...(request.body !== undefined && { body: request.body }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
    };
  }
}
