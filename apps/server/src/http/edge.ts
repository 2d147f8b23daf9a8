import { randomUUID } from 'node:crypto';
import { SluiceError } from '@sluice/core';
import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { setRequestId } from './caller.ts';

/** What every request passes before it reaches a route, in this order. A body is read behind the guard only. */
export const edge = [giveRequestId, helmetForConsole(), requireJson] as const;

function giveRequestId(request: Request, response: Response, next: NextFunction): void {
  const id = randomUUID();
  setRequestId(request, id);
  response.setHeader('x-request-id', id);
  if (request.path.startsWith('/api/') || request.path.startsWith('/client/'))
    response.setHeader('cache-control', 'no-store');
  next();
}

/** Nothing is loaded from anywhere else: the console works without an internet. */
function helmetForConsole(): express.RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false, // belongs to the proxy that ends TLS
  });
}

function requireJson(request: Request, _: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0';
  if (!hasBody || request.method === 'GET' || request.method === 'HEAD') {
    next();
    return;
  }
  const type = (request.get('content-type') ?? '').toLowerCase();
  const isJson = /^application\/json\s*(;\s*charset=("?)utf-8\2\s*)?$/.test(type);
  next(isJson && request.headers['content-encoding'] === undefined ? undefined : new SluiceError('not_json'));
}
