import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Api, ApiError } from './api.ts';
import { type DemoState, readState, writePrivate, writeState } from './demo-state.ts';
import { environments } from './seed-plan.ts';

const userName = 'admin';

/**
 * A way into the server with the rights of an administrator: the token of an earlier start, else the server's
 * first set-up, else (the demo's own file got lost) a one-time login, which only who owns the data folder can make.
 */
export async function openAccess(
  url: string,
  dataDir: string,
): Promise<{ readonly api: Api; readonly state: DemoState }> {
  const { needed } = await Api.anonymous(url).get<{ needed: boolean }>('/setup');
  const known = await readState(dataDir);
  if (!needed && known && (await isInForce(url, known.apiToken)))
    return { api: Api.withToken(url, known.apiToken), state: known };
  const adminPassword = (!needed && known?.adminPassword) || randomBytes(18).toString('base64url');
  // Kept before it is used: an end in between must not leave an administrator whose password nobody knows.
  if (needed) await writeState(dataDir, { adminPassword, apiToken: '', clientTokens: {}, seeded: false });
  const session = needed
    ? await firstSetup(url, dataDir, adminPassword)
    : await signInOnce(url, dataDir, known ? undefined : adminPassword);
  const { secret } = await session.post<{ secret: string }>('/tokens', {
    kind: 'api',
    name: 'demo',
    environment: '*',
    app: '*',
    role: 'admin',
  });
  const state: DemoState = {
    adminPassword,
    apiToken: secret,
    clientTokens: needed ? {} : (known?.clientTokens ?? {}),
    // A server that is in use is not filled up again: what somebody deleted stays deleted.
    seeded: needed ? false : (known?.seeded ?? true),
  };
  await writeState(dataDir, state);
  return { api: Api.withToken(url, secret), state };
}

/** Writes a new one-time login and returns it: good for one sign-in within 15 minutes. */
export async function makeLoginToken(dataDir: string): Promise<string> {
  const token = randomBytes(32).toString('hex');
  await writePrivate(join(dataDir, 'login-token'), token);
  return token;
}

/** The tokens that the processes of these apps connect with; missing ones are created. */
export async function ensureClientTokens(
  api: Api,
  known: Readonly<Record<string, string>>,
  apps: readonly string[],
): Promise<Record<string, string>> {
  const tokens: Record<string, string> = { ...known };
  for (const app of apps)
    tokens[app] ??= (
      await api.post<{ secret: string }>('/tokens', {
        kind: 'client',
        name: `${app} processes`,
        environment: environments.fleet,
        app,
      })
    ).secret;
  return tokens;
}

async function isInForce(url: string, token: string): Promise<boolean> {
  try {
    await Api.withToken(url, token).get('/me');
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}

async function firstSetup(url: string, dataDir: string, password: string): Promise<Api> {
  const setupToken = (await readFile(join(dataDir, 'setup-token'), 'utf8')).trim();
  const body = { setupToken, userName, password, environments: Object.values(environments) };
  return Api.signIn(url, '/setup', body);
}

async function signInOnce(url: string, dataDir: string, newPassword: string | undefined): Promise<Api> {
  const session = await Api.signIn(url, '/session', { loginToken: await makeLoginToken(dataDir) });
  if (newPassword === undefined) return session;
  const me = await session.get<{ id: string }>('/me');
  await session.patch(`/users/${me.id}`, { password: newPassword });
  return session;
}
