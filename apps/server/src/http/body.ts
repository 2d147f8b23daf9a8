import { HttpException } from '@nestjs/common';
import type { Contract } from '@sluice/protocol';
import express, { type Request, type RequestHandler, type Response } from 'express';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

const upTo = (limit: number): RequestHandler => express.json({ limit, inflate: false, strict: false });

/** Of somebody whom nobody knows yet: a name and a password. */
const ofStrangers = upTo(16 * kibibyte);
/** A content of 1 MiB grows when it is written as JSON; what counts is checked on the content itself. */
const forContent = upTo(4 * mebibyte);
const forImport = upTo(24 * mebibyte);
const forTheRest = upTo(mebibyte);

function parserOf({ access, path }: Contract): RequestHandler {
  if (access === 'public') return ofStrangers;
  if (path.endsWith('/import')) return forImport;
  return /\/(draft|releases)$/.test(path) ? forContent : forTheRest;
}

/**
 * Reads a request's body, once it is known who asks and that he may: nobody makes the server parse 24 MiB who has not
 * signed in. Rejects with what the parser has against it.
 */
export function readBody(contract: Contract, request: Request, response: Response): Promise<void> {
  const parse = parserOf(contract);
  return new Promise((resolve, reject) => {
    parse(request, response, (error: unknown) => (error === undefined ? resolve() : reject(asHttp(error))));
  });
}

/** What the parser refuses has the status of the answer; anything else is a mistake of ours. */
function asHttp(error: unknown): unknown {
  const { status } = error as { status?: unknown };
  return typeof status === 'number'
    ? new HttpException('a body was refused', status, { cause: error })
    : error;
}
