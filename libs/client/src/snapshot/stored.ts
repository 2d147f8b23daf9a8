import { type ErrorText, rootDigest } from '@sluice/core';
import type { Snapshot, WireNamespace } from '@sluice/protocol/client';
import type { CachedSnapshot } from '../cache/file-format.ts';
import type { SecretBodies } from '../cache/secret-bodies.ts';
import type { Clock, Uptime } from '../clock.ts';
import { reasonOf } from '../notices/reasons.ts';
import { buildHeld } from './build-held.ts';
import type { Held, HeldSource, Live } from './held.ts';
import { sha256 } from './sha256.ts';
import type { Answer } from './vetting.ts';

/**
 * What goes to disk: the layers with their bodies, those with secrets sealed, and the time that is left of those that
 * have one.
 */
export function toStored(live: Live, clock: Clock, bodies: SecretBodies): CachedSnapshot {
  const [monotonicNow, uptime] = [clock.monotonic(), clock.uptime?.()];
  const namespaces = [...live.namespaces.values()].map(
    (held): WireNamespace => ({
      name: held.name,
      kind: held.kind,
      revision: held.revision,
      digest: held.digest,
      layers: held.layers.map(({ value: _, expiresAt, ...layer }) => ({
        ...layer,
        body: bodies.seal(layer),
        sizeBytes: Buffer.byteLength(layer.body),
        ...(expiresAt !== undefined && { expiresInMs: Math.max(0, expiresAt - monotonicNow) }),
      })),
      ...(held.pushId !== undefined && { pushId: held.pushId }),
    }),
  );
  const { epoch, revision } = live;
  const snapshot = { epoch, revision, rootDigest: rootDigest(namespaces, sha256), namespaces };
  return { savedAt: clock.now(), ...(uptime && { uptime }), snapshot };
}

export interface StoredContext {
  readonly source: Exclude<HeldSource, 'server'>;
  readonly savedAt: number;
  /** Of the machine, when it was written. */
  readonly savedUptime?: Uptime | undefined;
  readonly clock: Clock;
  /** Opens what was sealed; a bootstrap file has nothing of it. */
  readonly bodies?: SecretBodies;
  /** It was written for another instance: what was aimed at that one doesn't count here. */
  readonly foreign: boolean;
  /** Why the code refuses this content. */
  check(held: Held): Answer | Promise<Answer>;
  /** A namespace was left out, and why. */
  leftOut(namespace: string, reason: ErrorText): void;
}

/** Builds what was stored. A layer with a time limit has used up the time since it was written. */
export async function fromStored(
  stored: Snapshot,
  context: StoredContext,
): Promise<ReadonlyMap<string, Held>> {
  const { source, savedAt } = context;
  const [elapsedMs, monotonicNow] = [elapsed(context), context.clock.monotonic()];
  const namespaces = new Map<string, Held>();
  for (const wire of stored.namespaces) {
    const kept = wire.layers
      .filter((l) => !context.foreign || l.kind === 'global' || l.kind === 'group')
      .map((l) => ({
        ...l,
        body: l.body ?? '',
        ...(l.expiresInMs !== undefined && { expiresInMs: l.expiresInMs - elapsedMs }),
      }))
      .filter((l) => l.expiresInMs === undefined || l.expiresInMs > 0);
    const { digest, ...rest } = wire;
    const whole = kept.length === wire.layers.length;
    try {
      const layers = kept.map((l) => ({ ...l, body: context.bodies?.open(l) ?? l.body }));
      const held = buildHeld(
        { ...rest, layers, ...(whole && { digest }) },
        { source, since: savedAt, monotonicNow, sealed: source === 'disk' },
      );
      const refusal = held && (await context.check(held));
      if (refusal) context.leftOut(wire.name, refusal);
      else if (held) namespaces.set(wire.name, held);
    } catch (error) {
      context.leftOut(wire.name, reasonOf(error));
    }
  }
  return namespaces;
}

/**
 * How long ago it was written. Of two clocks the one that says more is believed, so that a wall clock that was set back
 * never gives a layer more time than there was. Where none of them can know, the time is over.
 */
function elapsed({ source, savedAt, savedUptime, clock }: StoredContext): number {
  // Nobody knows when the file was made.
  if (source === 'bootstrap') return Infinity;
  const [now, uptime] = [clock.now(), clock.uptime?.()];
  const isSameRun =
    uptime && savedUptime && uptime.bootId === savedUptime.bootId && uptime.ms >= savedUptime.ms;
  const said = [
    ...(now >= savedAt ? [now - savedAt] : []),
    ...(isSameRun ? [uptime.ms - savedUptime.ms] : []),
  ];
  return said.length > 0 ? Math.max(...said) : Infinity;
}
