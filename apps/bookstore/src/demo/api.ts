/** An answer of the server that is not the wished one. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Sluice's HTTP API as any program would call it: with a token, or with the session of a person. */
export class Api {
  readonly url: string;
  readonly #authorization: Readonly<Record<string, string>>;

  private constructor(url: string, authorization: Readonly<Record<string, string>>) {
    this.url = url;
    this.#authorization = authorization;
  }

  static anonymous(url: string): Api {
    return new Api(url, {});
  }

  static withToken(url: string, token: string): Api {
    return new Api(url, { authorization: `Bearer ${token}` });
  }

  /** Asks for a session (`POST setup` or `POST session`) and goes on with it. */
  static async signIn(url: string, path: '/setup' | '/session', body: unknown): Promise<Api> {
    const response = await Api.anonymous(url).#send('POST', path, body);
    const cookie = response.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
    return new Api(url, { cookie: cookie.join('; ') });
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.#send('GET', path)).json()) as T;
  }

  async post<T>(path: string, body: unknown, ifMatch?: string): Promise<T> {
    return (await (await this.#send('POST', path, body, ifMatch)).json()) as T;
  }

  async patch<T>(path: string, body: unknown): Promise<T> {
    return (await (await this.#send('PATCH', path, body)).json()) as T;
  }

  async #send(method: string, path: string, body?: unknown, ifMatch?: string): Promise<Response> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      signal: AbortSignal.timeout(15_000),
      headers: {
        ...this.#authorization,
        // A request that changes something says that it comes from a program of ours and from the same place.
        ...(method !== 'GET' && { 'x-sluice': '1', origin: this.url, 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    const error = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
    throw new ApiError(
      response.status,
      error.code ?? 'unknown',
      error.message ?? `${method} ${path}: ${response.status}`,
    );
  }
}
