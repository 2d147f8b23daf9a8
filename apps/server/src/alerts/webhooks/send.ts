import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { maskedValue } from '@sluice/core';
import type { WebhookOutcome } from '@sluice/protocol';
import type { Message } from './message.ts';
import { ClosedAddressError, hostOf, isOpenHost, publicLookup } from './open-address.ts';

const timeoutMs = 5000;
const mostReply = 500;

/** Where it may go, and whether an answer of 200 is a refusal all the same. */
export interface SendOptions {
  /** Hosts, or hosts with a port, that may be private. */
  readonly allowed: ReadonlySet<string>;
  readonly isRefusal: (answer: string) => boolean;
  readonly now: () => number;
}

/** Sends one message. Redirects are not followed: where it ends was not looked at. Never rejects. */
export async function send(message: Message, options: SendOptions): Promise<WebhookOutcome> {
  const startedAt = options.now();
  const outcome = (ok: boolean, reply: string, status?: number): WebhookOutcome => ({
    at: new Date(startedAt).toISOString(),
    ok,
    ...(status !== undefined && { status }),
    reply: withoutAddress(reply, message.url).slice(0, mostReply).toWellFormed().replaceAll('\0', '�'),
    tookMs: Math.max(0, options.now() - startedAt),
  });
  try {
    const { status, text } = await post(message, options.allowed);
    const isGood = status >= 200 && status < 300 && !options.isRefusal(text);
    return outcome(
      isGood,
      status >= 300 && status < 400 ? `redirects are not followed. ${text}` : text,
      status,
    );
  } catch (error) {
    return outcome(false, error instanceof Error ? reasonOf(error) : String(error));
  }
}

/** Shorter parts of an address are words of it, and stand in any text. */
const shortestKey = 8;

/** Many a server repeats what it was asked for, and the keys of a robot stand in its path and query. */
function withoutAddress(text: string, address: string): string {
  if (!URL.canParse(address)) return text;
  const { pathname, search, searchParams } = new URL(address);
  // Names of parameters are no keys: a robot that misses its access_token says so.
  const written = search.split('&').map((each) => each.slice(each.indexOf('=') + 1));
  const parts = [pathname + search, ...pathname.split('/'), ...searchParams.values(), ...written];
  return parts
    .flatMap((part) => [part, decoded(part)])
    .filter((part) => part.length >= shortestKey)
    .sort((a, b) => b.length - a.length)
    .reduce((masked, part) => masked.replaceAll(part, maskedValue), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Codes are told, messages of the system name addresses that were resolved. */
const reasonOf = (error: Error & { code?: unknown }): string =>
  error instanceof ClosedAddressError || typeof error.code !== 'string' ? error.message : error.code;

function post(message: Message, allowed: ReadonlySet<string>): Promise<{ status: number; text: string }> {
  const url = new URL(message.url);
  if (!isOpenHost(url, allowed)) return Promise.reject(new ClosedAddressError(hostOf(url)));
  const isAllowed = allowed.has(url.host) || allowed.has(hostOf(url));
  const body = Buffer.from(message.body);
  return new Promise((resolve, reject) => {
    // Whatever the other end does, whoever waits hears of it by then: all other messages wait for this one.
    const signal = AbortSignal.timeout(timeoutMs);
    signal.addEventListener('abort', () => reject(new Error(`no answer in ${timeoutMs} ms`)));
    const request: ClientRequest = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      headers: { ...message.headers, 'content-length': body.length, 'user-agent': 'sluice' },
      agent: false,
      signal,
      ...(!isAllowed && { lookup: publicLookup }),
    });
    request.on('error', reject);
    // "101 Switching Protocols" ends the request without an answer and without an error.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, text: '' });
    });
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        if (length < 4 * mostReply) parts.push(part);
        length += part.length;
        // Whoever answers without end has said enough.
        if (length > 1024 * 1024) response.destroy(new Error('the answer is longer than 1 MiB'));
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
    });
    request.end(body);
  });
}
