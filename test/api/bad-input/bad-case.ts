import { expect } from '@jest/globals';
import type { RawAnswer, RawRequest } from '../../support/raw-caller.ts';

/** One request that must be refused. */
export interface BadCase {
  /** Which row of the table of bad inputs, and what was done: `B17 depth 100,000`. */
  readonly what: string;
  readonly request: RawRequest;
  readonly statuses: readonly number[];
}

/** What never leaves the server: a stack, a statement, a path of its disk. */
const secrets =
  /\n\s+at |\.(ts|js|mjs):\d+|node_modules|\b(select|insert|update|delete)\b.+\b(from|into|set|where)\b|typeorm|sqlite|postgres|\/(home|root|tmp|work|var)\//i;

/** Everything that is wrong with an answer to a bad request; nothing when it is as promised. */
function complaints({ what, request, statuses }: BadCase, answer: RawAnswer): string[] {
  const found: string[] = [];
  const say = (text: string): void => {
    found.push(`${what}: ${request.method} ${request.path.slice(0, 200)} ${text}`);
  };
  if (!statuses.includes(answer.status))
    say(`was answered ${answer.status}, not ${statuses.join(' or ')}: ${answer.text.slice(0, 300)}`);
  if (request.method === 'HEAD' || answer.status < 400) return found;
  const body = bodyOf(answer);
  if (body === undefined) say(`was answered without the body of an error: ${answer.text.slice(0, 300)}`);
  else {
    const { code, message, requestId, help, details, ...more } = body;
    for (const [name, value] of Object.entries({ code, message, requestId, help }))
      if (typeof value !== 'string' || value === '') say(`has no ${name}: ${answer.text.slice(0, 300)}`);
    if (Object.keys(more).length > 0) say(`says more than it should: ${Object.keys(more)}`);
    if (requestId !== answer.headers['x-request-id']) say('has another request id in its header');
    // What somebody sent may be named back to him; `details` repeat it place by place.
    if (secrets.test(String(message))) say(`tells of the inside: ${message}`);
    if (details !== undefined && secrets.test(JSON.stringify(details).slice(0, 5000)))
      say(`tells of the inside: ${JSON.stringify(details).slice(0, 300)}`);
  }
  if (answer.status === 429 || answer.status === 503)
    if (!/^\d+$/.test(String(answer.headers['retry-after']))) say('does not say when to try again');
  return found;
}

function bodyOf(answer: RawAnswer): Record<string, unknown> | undefined {
  if (!String(answer.headers['content-type']).startsWith('application/json')) return undefined;
  try {
    return JSON.parse(answer.text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Sends all of them, a few at a time, and fails with everything that was wrong. */
export async function refuseAll(
  cases: readonly BadCase[],
  send: (request: RawRequest) => Promise<RawAnswer>,
): Promise<void> {
  const wrong: string[] = [];
  const queue = [...cases];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift())
      try {
        wrong.push(...complaints(next, await send(next.request)));
      } catch (error) {
        wrong.push(`${next.what}: ${next.request.method} ${next.request.path} was cut: ${error}`);
      }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  expect(wrong).toEqual([]);
}
