import {
  type BuiltRequest,
  buildRequest,
  type CallInput,
  type Contract,
  type Me,
  type ResponseOf,
} from '@sluice/protocol';
import { answerOf, contracts } from '../api/api.ts';
import { createTransport, type Reply } from '../api/transport.ts';
import type { Context } from '../context.ts';

/** Somebody who is signed in as a browser is, for what no token may do. */
export interface Session {
  readonly me: Me;
  call<C extends Contract>(contract: C, input?: CallInput<C>): Promise<ResponseOf<C>>;
}

/** Sends a request without a token, as the console of this server would. */
export async function sendAsConsole(
  context: Context,
  request: BuiltRequest,
  cookie?: string,
): Promise<Reply> {
  const { server } = await context.settings();
  const transport = createTransport({ server, language: context.language, timeoutMs: 30_000 });
  return transport(request, { origin: server.origin, ...(cookie !== undefined && { cookie }) });
}

/** The cookie that an answer sets. */
const cookieOf = (reply: Reply): string =>
  (reply.headers['set-cookie'] ?? []).map((each) => each.split(';')[0]!).join('; ');

/** Works with a session that a reply began, and ends it. */
export async function withSession<T>(
  context: Context,
  begun: Reply,
  me: Me,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  let cookie = cookieOf(begun);
  const session: Session = {
    me,
    async call(contract, input = {}) {
      const reply = await sendAsConsole(context, buildRequest(contract, input), cookie);
      // A changed password begins another session.
      cookie = cookieOf(reply) || cookie;
      return answerOf(contract, reply);
    },
  };
  try {
    return await work(session);
  } finally {
    await session.call(contracts.signOut).catch(() => undefined); // it expires by itself too
  }
}

/** Signs in with name and password, works, and signs out again. */
export async function signedIn<T>(
  context: Context,
  userName: string,
  password: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { signIn } = contracts;
  const reply = await sendAsConsole(context, buildRequest(signIn, { body: { userName, password } }));
  return withSession(context, reply, answerOf(signIn, reply), work);
}
