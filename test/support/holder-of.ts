import { type Answer, HttpCaller } from './http-caller.ts';

/** The caller who holds the session cookie of an answer. */
export function holderOf(url: string, answer: Answer): HttpCaller {
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if ((answer.status !== 201 && answer.status !== 204) || !cookie)
    throw new Error(`could not sign in: ${answer.status} ${JSON.stringify(answer.body)}`);
  return new HttpCaller(url, { cookie, 'sec-fetch-site': 'same-origin' });
}
