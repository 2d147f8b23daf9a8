import { readFile } from 'node:fs/promises';
import type { ErrorText } from '@sluice/core';
import { type Snapshot, snapshot } from '@sluice/protocol/client';
import type { DecodedFile } from './cache/file-format.ts';
import type { SecretBodies } from './cache/secret-bodies.ts';
import type { Clock } from './clock.ts';
import type { ListenerFailure } from './config/listener-queue.ts';
import type { Notices } from './notices/notices.ts';
import { ReasonedError, reason, reasonOf } from './notices/reasons.ts';
import { type Held, type Live, nothingHeld } from './snapshot/held.ts';
import type { Store } from './snapshot/store.ts';
import { fromStored } from './snapshot/stored.ts';

export interface StartValuesOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Opens what the cache holds sealed. */
  readonly bodies: SecretBodies;
  readonly notices: Notices;
  readonly instanceId: string;
  /** Digest of server and token. */
  readonly origin: string;
  /** Listeners failed over what was served. */
  told(failures: ReadonlyMap<string, readonly ListenerFailure[]>): void;
}

/** Serves what lay on disk, unless the server was faster. Answers whether there was something to serve. */
export async function startFromCache(file: DecodedFile, options: StartValuesOptions): Promise<boolean> {
  const { store, clock, bodies, instanceId, origin } = options;
  const namespaces = await fromStored(wanted(file.snapshot, store), {
    source: 'disk',
    savedAt: file.savedAt,
    savedUptime: file.uptime,
    clock,
    bodies,
    foreign: file.instanceId !== instanceId,
    ...refusals(options, file.snapshot.revision),
  });
  // Another server or token counts its revisions anew, and must not be held to the old ones.
  const { epoch, revision } = file.origin === origin ? file.snapshot : nothingHeld;
  return serve(options, { epoch, revision, namespaces });
}

/** Serves the bootstrap file, unless the server was faster. What is wrong with it is said. */
export async function startFromBootstrap(file: string, options: StartValuesOptions): Promise<void> {
  const { store, clock, notices } = options;
  try {
    const parsed = snapshot.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (!parsed.success) throw new ReasonedError(reason('not_a_snapshot'));
    const namespaces = await fromStored(wanted(parsed.data, store), {
      source: 'bootstrap',
      savedAt: clock.now(),
      clock,
      foreign: true,
      ...refusals(options, parsed.data.revision),
    });
    // Its revision is that of the day it was made, by a server that may not be this one.
    serve(options, { ...nothingHeld, namespaces });
  } catch (error) {
    notices.warn('bootstrap_unusable', { file, reason: reasonOf(error) });
  }
}

/** Without what the code wants from the server only. */
function wanted(stored: Snapshot, store: Store): Snapshot {
  return { ...stored, namespaces: stored.namespaces.filter((n) => store.startupOf(n.name) !== 'none') };
}

function refusals({ store, notices }: StartValuesOptions, revision: number) {
  return {
    check: (held: Held) => store.check(held),
    leftOut: (namespace: string, reason: ErrorText) =>
      notices.warn('value_rejected', { namespace, revision, reason }, namespace),
  };
}

function serve({ store, told }: StartValuesOptions, live: Live): boolean {
  if (store.live !== nothingHeld || live.namespaces.size === 0) return false;
  const changed = store.swap(live);
  void store.tellListeners(changed).then((failures) => told(failures));
  return true;
}
