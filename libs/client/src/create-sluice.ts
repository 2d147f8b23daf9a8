import { join } from 'node:path';
import { languageOf, type ReadyState } from '@sluice/core';
import { defaultCacheFolder } from './cache/default-folder.ts';
import { Client } from './client.ts';
import { Events } from './events.ts';
import { Protection } from './guard/protection.ts';
import { scriptLoader } from './guard/script-loader.ts';
import { Notices } from './notices/notices.ts';
import { reasonOf } from './notices/reasons.ts';
import { type Settings, type SluiceOptions, settingsFrom } from './options.ts';
import { Readiness } from './readiness.ts';
import { originOf, Remote } from './remote.ts';
import type { Sluice, SluiceEvents } from './sluice.ts';
import { Store } from './snapshot/store.ts';

const clients = new Map<string, { readonly client: Sluice; readonly notices: Notices }>();

/**
 * Makes the client of an app. It starts at once to read its disk cache and to connect, and needs neither: reads answer
 * from the first moment on. Throws an `OptionsError` for options that can't be right, and for nothing else.
 * A second call for the same app, environment and instance gives the first client, unless `allowMultiple`.
 */
export function createSluice(options: SluiceOptions = {}): Sluice {
  const language = languageOf(process.env);
  const settings = settingsFrom(options, process.env, language);
  const key = keyOf(settings);
  const first = clients.get(key);
  if (first && !settings.allowMultiple) {
    first.notices.warn('second_client', { who: whoIs(settings) });
    return first.client;
  }
  const notices = new Notices(settings.logger, settings.clock, language);
  const client = build(settings, notices, () => {
    if (clients.get(key)?.client === client) clients.delete(key);
  });
  if (!first) clients.set(key, { client, notices });
  return client;
}

function build(settings: Settings, notices: Notices, closed: () => void): Client {
  const { clock } = settings;
  const events = new Events<SluiceEvents>((event, error) => {
    // A listener of notices that throws would hear of that, too.
    if (event !== 'notice') notices.warn('event_listener_failed', { event, reason: reasonOf(error) }, event);
  });
  notices.heard = (notice) => events.emit('notice', notice);
  const store: Store = new Store(clock, {
    moved: () => protection.look(),
    changed: (namespaces) => {
      readiness.update();
      events.emit('change', { namespaces, revision: store.live.revision });
    },
    expired: (names) => void remote.expired(names),
    settled: (name, refusal) =>
      refusal ? remote.refusedLater(name, refusal) : void remote.unasked.changed([name]),
    failedLate: (name, failures) => remote.unasked.told(new Map([[name, failures]])),
  });
  const protection = new Protection({
    store,
    clock,
    notices,
    context: settings.context,
    random: Math.random,
    killVariable: process.env.SLUICE_KILL,
    killFile:
      settings.cacheDir === false ? undefined : join(settings.cacheDir ?? defaultCacheFolder(), 'KILL'),
    origin: originOf(settings),
    scripts: scriptLoader({ clock, language: notices.language }),
  });
  const readiness = new Readiness(
    clock,
    () => store.live.namespaces.size > 0,
    (state: ReadyState, previous: ReadyState) => events.emit('state', state, previous),
  );
  const remote = new Remote({ settings, store, readiness, notices, protection, random: Math.random });
  remote.start();
  return new Client({
    clock,
    store,
    readiness,
    notices,
    events,
    origin: remote,
    protection,
    closed,
  });
}

function keyOf({ environment, app, instanceId, token }: Settings): string {
  const unnamed = environment === undefined || app === undefined ? token : '';
  return JSON.stringify([environment, app, instanceId, unnamed]);
}

const whoIs = ({ app, environment, instanceId }: Settings): string =>
  [app ?? 'this token', environment && `in ${environment}`, instanceId && `as ${instanceId}`]
    .filter(Boolean)
    .join(' ');
