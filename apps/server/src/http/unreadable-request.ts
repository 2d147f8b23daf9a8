import { randomUUID } from 'node:crypto';
import type { Server as HttpServer, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SluiceError } from '@sluice/core';

/**
 * Answers what Node itself could not read as HTTP, in the words of every other refusal; by itself Node answers with
 * a status and nothing. The connection is closed, because nobody knows where its next request would begin.
 */
export function answerUnreadable(server: HttpServer): void {
  const open = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request, response) => open.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = open.get(socket);
    const isAnswering = response?.headersSent === true && !response.writableFinished;
    if (!socket.writable || isAnswering || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    socket.end(answerTo(error.code));
  });
}

function answerTo(code: string | undefined): string {
  const requestId = randomUUID();
  const [status, refusal] = refusalOf(code);
  const body = JSON.stringify({
    code: refusal.code,
    message: refusal.message,
    requestId,
    help: `/api/docs#${refusal.code}`,
  });
  return [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    'cache-control: no-store',
    `x-request-id: ${requestId}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

function refusalOf(code: string | undefined): [status: string, SluiceError] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [
        '431 Request Header Fields Too Large',
        new SluiceError('too_large', { limit: '16 KiB for the address and the headers of a request' }),
      ];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', malformed('it did not arrive in time')];
    default:
      return ['400 Bad Request', malformed('it is not HTTP as it should be')];
  }
}

const malformed = (reason: string): SluiceError => new SluiceError('malformed_request', { reason });
