import { randomUUID } from 'node:crypto';
import { SluiceError } from '@sluice/core';
import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { setRequestId } from './caller.ts';

const mebibyte = 1024 * 1024;

/** What every request passes before it reaches a route, in this order. */
export const edge = [giveRequestId, helmetForConsole(), requireJson, parseBody] as const;

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

/** A content of 1 MiB grows when it is written as JSON; what counts is checked on the content itself. */
const forContent = express.json({ limit: 4 * mebibyte, inflate: false, strict: false });
const forImport = express.json({ limit: 24 * mebibyte, inflate: false, strict: false });
const forTheRest = express.json({ limit: mebibyte, inflate: false, strict: false });

function parseBody(request: Request, response: Response, next: NextFunction): void {
  const parse = /\/import\/?$/.test(request.path)
    ? forImport
    : /\/(draft|releases)\/?$/.test(request.path)
      ? forContent
      : forTheRest;
  parse(request, response, next);
}
