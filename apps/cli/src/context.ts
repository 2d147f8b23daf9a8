import { type ErrorParams, type ErrorText, fillText, type Language } from '@sluice/core';
import type { Api } from './api/api.ts';
import type { Io } from './host/io.ts';
import type { Output } from './output/output.ts';
import { createOutput } from './output/output.ts';
import { type GlobalFlags, readSettings, type Settings } from './settings/settings.ts';

/** What every command works with. What costs time or may fail is made when it is first asked for. */
export interface Context {
  readonly io: Io;
  readonly language: Language;
  readonly flags: GlobalFlags;
  readonly output: Output;
  say(text: ErrorText, params?: ErrorParams): string;
  settings(): Promise<Settings>;
  api(): Promise<Api>;
  /** The environment that was named, else the only one that can be seen. */
  environment(): Promise<string>;
}

/** How long one request may take. */
const requestTimeoutMs = 30_000;

export function createContext(io: Io, language: Language, flags: GlobalFlags): Context {
  let settings: Promise<Settings> | undefined;
  let api: Promise<Api> | undefined;
  let environment: Promise<string> | undefined;
  const context: Context = {
    io,
    language,
    flags,
    output: createOutput(io, language, flags),
    say: (text, params) => fillText(text[language], params, language),
    settings: () => (settings ??= readSettings(flags, io)),
    api: () => (api ??= connect()),
    environment: () => (environment ??= choose()),
  };
  async function connect(): Promise<Api> {
    const [{ createApi }, { createTransport }] = await Promise.all([
      import('./api/api.ts'),
      import('./api/transport.ts'),
    ]);
    const { server, token } = await context.settings();
    return createApi(
      createTransport({ server, language, timeoutMs: requestTimeoutMs, ...(token && { token }) }),
    );
  }
  async function choose(): Promise<string> {
    const named = (await context.settings()).environment;
    if (named) return named;
    const { onlyEnvironment } = await import('./reference/environment.ts');
    return onlyEnvironment(await context.api());
  }
  return context;
}
