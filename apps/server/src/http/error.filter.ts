import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { allContracts } from '@sluice/protocol';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { asAnswer } from '../database/outage.ts';
import { masked } from '../env/sealed-value.ts';
import { LOGGER } from '../env/tokens.ts';
import { languageOf, requestIdOf } from './caller.ts';

const routes = allContracts.map((c) => ({
  method: c.method,
  pattern: new RegExp(`^${c.path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}/?$`),
}));

/** The one place where an error becomes an answer. No stack, no SQL and no path leaves here. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger: Logger;

  constructor(@Inject(LOGGER) logger: Logger) {
    this.#logger = logger;
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = toSluiceError(asAnswer(thrown), request);
    const requestId = requestIdOf(request);
    if (error.status >= 500) this.#logger.error({ requestId, err: thrown, path: request.path }, error.code);
    if (response.headersSent) return void response.destroy();
    for (const [name, value] of Object.entries(headersOf(error, request))) response.setHeader(name, value);
    // A route may have named another type for its answer before it failed.
    response
      .status(error.status)
      .type('json')
      .json({
        code: error.code,
        message:
          error.code === 'internal'
            ? new SluiceError('internal', { requestId }).text(languageOf(request))
            : masked(error.text(languageOf(request))),
        requestId,
        ...(error.details && { details: masked(error.details) }),
        help: `/api/docs#${error.code}`,
      });
  }
}

function headersOf(error: SluiceError, request: Request): Record<string, string> {
  const { retryAfterSec } = error.params;
  if (retryAfterSec !== undefined) return { 'retry-after': String(retryAfterSec) };
  if (error.code === 'unauthenticated') return { 'www-authenticate': 'Bearer' };
  if (error.code === 'method_not_allowed') return { allow: methodsOf(request.path).join(', ') };
  return {};
}

const methodsOf = (path: string): string[] => [
  ...new Set(routes.filter((r) => r.pattern.test(path)).map((r) => r.method)),
];

/**
 * What middleware refuses (the body parser, the router, the files) arrives wrapped by Nest, with the error itself as
 * its cause. Whatever carries a status of 4xx is the fault of the request; everything else is a mistake of ours.
 */
function toSluiceError(thrown: unknown, request: Request): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : 500;
  const origin = thrown instanceof HttpException ? (thrown.cause ?? thrown) : thrown;
  const { type } = (origin ?? {}) as { type?: unknown };
  if (type === 'entity.parse.failed' || type === 'request.size.invalid' || type === 'request.aborted')
    return malformed('the body is not JSON', '请求体不是合法的 JSON');
  if (origin instanceof URIError) return malformed('the address cannot be decoded', '地址无法解码');
  if (status === 413)
    return new SluiceError('too_large', { limit: { en: 'the limit of a request', zh: '请求大小上限' } });
  if (status === 415) return new SluiceError('not_json');
  if (status === 404) {
    const methods = methodsOf(request.path);
    if (methods.length > 0 && !methods.includes(request.method as never))
      return new SluiceError('method_not_allowed', { method: request.method });
    return new SluiceError('not_found', { what: { en: 'address', zh: '地址' } });
  }
  if (status < 500) return malformed('its headers or its address make no sense', '请求头或地址不合法');
  return new SluiceError('internal', {}, { cause: thrown });
}

const malformed = (en: string, zh: string): SluiceError =>
  new SluiceError('malformed_request', { reason: { en, zh } });
