import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  buildRequest,
  getBody,
  getSnapshot,
  refused,
  type Snapshot,
  snapshot,
} from '@sluice/protocol/client';
import { reason } from '../notices/reasons.ts';
import { CheckFailure } from '../snapshot/build-held.ts';
import { sha256 } from '../snapshot/sha256.ts';

const timeoutMs = 10_000;
/** No layer is larger: a content has at most 1 MiB, and canonical text may be a little longer than what was typed. */
const maxBodyBytes = 8 * 1024 * 1024;

/** The server answered, and the answer is no. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The HTTP side of the link. `server` has no slash at its end. */
export class ServerHttp {
  readonly #server: string;
  readonly #token: string;

  constructor(server: string, token: string) {
    this.#server = server;
    this.#token = token;
  }

  /** Everything to hold, or `same` when that, and the layers that it comes from, have this digest. */
  async snapshot(
    instanceId: string,
    labels: Readonly<Record<string, string>>,
    layeredDigest: string,
    stop: AbortSignal,
  ): Promise<Snapshot | 'same'> {
    const query = { instanceId, labels: JSON.stringify(labels) };
    const request = buildRequest(getSnapshot, { query });
    const answer = await this.#get(request.path, { 'if-none-match': `"${layeredDigest}"` }, stop);
    if (answer.statusCode === 304) return 'same';
    await assertOk(answer);
    return snapshot.parse(JSON.parse(await text(answer)));
  }

  /** A body by its digest, checked against it. It may come as text or as a JSON string. */
  async body(digest: string, stop: AbortSignal): Promise<string> {
    const request = buildRequest(getBody, { params: { digest } });
    const answer = await this.#get(request.path, {}, stop);
    await assertOk(answer);
    const whole = await textWithin(maxBodyBytes, answer);
    if (sha256(whole) === digest) return whole;
    const inner = stringIn(whole);
    if (inner !== undefined && sha256(inner) === digest) return inner;
    throw new CheckFailure(reason('body_differs', { digest: digest.slice(0, 12) }));
  }

  async #get(path: string, headers: Record<string, string>, stop: AbortSignal): Promise<IncomingMessage> {
    // Loaded here, so that the first values from disk don't wait for it.
    const { unheldGet } = await import('./unheld-get.ts');
    return unheldGet(
      this.#server + path,
      { ...headers, accept: 'application/json', authorization: `Bearer ${this.#token}` },
      AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    );
  }
}

/** Reads no further than it must to know that there is too much. */
async function textWithin(maxBytes: number, answer: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > maxBytes) throw new CheckFailure(reason('too_many_bytes', { bytes: `> ${maxBytes}` }));
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function assertOk(answer: IncomingMessage): Promise<void> {
  const { statusCode: status = 0, statusMessage = '' } = answer;
  if (status >= 200 && status < 300) return;
  const body = refused
    .pick({ code: true, message: true })
    .safeParse(jsonIn(await text(answer).catch(() => '')));
  throw new HttpRefusal(
    status,
    body.success ? body.data.code : `http_${status}`,
    body.success ? body.data.message : statusMessage,
  );
}

function stringIn(text: string): string | undefined {
  const value = jsonIn(text);
  return typeof value === 'string' ? value : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
