import type { ErrorText, Layer } from '@sluice/core';
import type { WireNamespace } from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';
import type { Notices } from '../notices/notices.ts';
import { reason, reasonOf } from '../notices/reasons.ts';
import { SchemaCheck } from '../schema/schema-check.ts';
import type { Bodies } from './bodies.ts';
import { buildHeld, CheckFailure, withoutExpired } from './build-held.ts';
import type { Held, HeldSource } from './held.ts';
import type { Store } from './store.ts';

export interface Checked {
  /** What would be held of each namespace from now on; undefined: nothing any more. */
  readonly updates: ReadonlyMap<string, Held | undefined>;
  readonly rejected: ReadonlyMap<string, ErrorText>;
  /** Those of the rejected for which a body could not be had: another try may go better. */
  readonly lacking: ReadonlySet<string>;
}

export interface CheckContext {
  readonly source: HeldSource;
  /** Monotonic. */
  readonly receivedAt: number;
}

/** A body could not be had. */
class Lacking extends CheckFailure {}

/** Everything that is asked of delivered namespaces before they may be used: bodies, digests, schema, the app's code. */
export class DeliveryCheck {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #bodies: Bodies;
  readonly #schemas: SchemaCheck;

  constructor(store: Store, clock: Clock, notices: Notices, bodies: Bodies) {
    this.#store = store;
    this.#clock = clock;
    this.#bodies = bodies;
    this.#schemas = new SchemaCheck(notices);
  }

  /** Namespaces that one push carries stand or fall together. Never rejects. */
  async check(namespaces: readonly WireNamespace[], context: CheckContext): Promise<Checked> {
    const updates = new Map<string, Held | undefined>();
    const rejected = new Map<string, ErrorText>();
    const lacking = new Set<string>();
    const bodies = this.#fetchAll(namespaces);
    for (const group of byPush(namespaces)) {
      const built = new Map<string, Held | undefined>();
      const reasons = new Map<string, ErrorText>();
      let isLacking = false;
      for (const wire of group) {
        try {
          built.set(wire.name, await this.#build(wire, bodies, context));
        } catch (error) {
          reasons.set(wire.name, reasonOf(error));
          isLacking ||= error instanceof Lacking;
        }
      }
      const [first] = reasons;
      if (isLacking) for (const { name } of group) lacking.add(name);
      for (const { name } of group)
        if (!first) updates.set(name, built.get(name));
        else
          rejected.set(
            name,
            reasons.get(name) ?? reason('same_push', { namespace: first[0], reason: first[1] }),
          );
    }
    return { updates, rejected, lacking };
  }

  /** All bodies that are missing are asked for at once, and not one after the other. */
  #fetchAll(namespaces: readonly WireNamespace[]): ReadonlyMap<string, Promise<string>> {
    const bodies = new Map<string, Promise<string>>();
    for (const { layers } of namespaces)
      for (const { body, digest } of layers) {
        if (body !== undefined || bodies.has(digest)) continue;
        const coming = this.#bodies.of(digest).catch((error: unknown): never => {
          throw new Lacking(reasonOf(error));
        });
        coming.catch(() => undefined); // heard where it is needed
        bodies.set(digest, coming);
      }
    return bodies;
  }

  async #build(
    wire: WireNamespace,
    bodies: ReadonlyMap<string, Promise<string>>,
    { source, receivedAt }: CheckContext,
  ): Promise<Held | undefined> {
    const layers: Layer[] = [];
    for (const layer of wire.layers)
      layers.push({ ...layer, body: layer.body ?? (await bodies.get(layer.digest)) ?? '' });
    const held = buildHeld(
      { ...wire, layers },
      {
        source,
        since: this.#clock.now(),
        monotonicNow: receivedAt,
        before: this.#store.live.namespaces.get(wire.name),
      },
    );
    if (!held) return undefined;
    await this.#mustFit(wire.schema, held);
    // The app's code took its time, and that of a layer may have run out meanwhile.
    const left = withoutExpired(held, this.#clock.monotonic());
    if (left && left !== held) await this.#mustFit(wire.schema, left);
    return left;
  }

  async #mustFit(schema: WireNamespace['schema'], held: Held): Promise<void> {
    const refusal = (await this.#schemas.refusal(schema, held)) ?? (await this.#store.check(held));
    if (refusal) throw new CheckFailure(refusal);
  }
}

function byPush(namespaces: readonly WireNamespace[]): WireNamespace[][] {
  const groups = new Map<string, WireNamespace[]>();
  for (const wire of namespaces) {
    const key = wire.pushId === undefined ? `alone ${wire.name}` : `push ${wire.pushId}`;
    const group = groups.get(key);
    if (group) group.push(wire);
    else groups.set(key, [wire]);
  }
  return [...groups.values()];
}
