import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isFromThisMachine } from './loopback.ts';
import { cookieName, sessionIdIn } from './session-cookie.ts';

/** The far end of a sign-in: where it is, which session it holds, and the one cookie that we give it. */
export class Browser {
  readonly #response: Response;
  readonly #secure: boolean;
  /** Of the session that came with the request, in force or not. */
  readonly sessionId: string | undefined;
  readonly isOnThisMachine: boolean;
  /** What it calls itself; anybody may write there what he likes. */
  readonly userAgent: string;

  constructor(request: Request, response: Response) {
    this.#response = response;
    this.#secure = request.secure;
    this.sessionId = sessionIdIn(request.headers.cookie ?? '', request.secure);
    this.userAgent = printable(request.headers['user-agent'] ?? '').slice(0, 256);
    this.isOnThisMachine = isFromThisMachine(request, Number(request.app.get('trust proxy')));
  }

  keepSession(id: string, maxAgeMs: number): void {
    this.#response.cookie(cookieName(this.#secure), id, { ...this.#attributes(), maxAge: maxAgeMs });
  }

  dropSession(): void {
    this.#response.clearCookie(cookieName(this.#secure), this.#attributes());
  }

  #attributes() {
    return { httpOnly: true, sameSite: 'lax', path: '/', secure: this.#secure } as const;
  }
}

/** One line of text, whatever bytes came. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\xff]/g, ' ');

/** Gives a controller's method the browser that asks. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Browser => {
  const http = context.switchToHttp();
  return new Browser(http.getRequest<Request>(), http.getResponse<Response>());
});
