import { Inject, Injectable } from '@nestjs/common';
import type { AimedLayer } from '@sluice/core';
import type { Prepare, Prepared, WireNamespace } from '@sluice/protocol/client';
import { openText } from '../env/sealed-value.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Place } from '../fleet/place.ts';
import { Targets } from '../fleet/targets.ts';
import { Preparation, type PreparedVariant, type Veto } from '../pushes/preparation.ts';

/** Who has not answered by then is silent. */
const answerWithinMs = 3000;

/** A question that is out: who has not answered it yet. */
interface Asking {
  readonly waiting: Set<Connection>;
  readonly vetoes: Veto[];
  done(): void;
}

/**
 * The first phase of a push in two. Every target that is connected to this node checks what would come. A veto is said
 * by an instance: one that is silent for 3 s, gone, too old to know the question, or connected to another node has
 * none, or a single hung process could keep everybody from a fix. What it does then is shown by the proof of the push.
 */
@Injectable()
export class LinkPreparation extends Preparation {
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #asking = new Map<number, Asking>();
  #lastId = 0;

  constructor(@Inject(Fleet) fleet: Fleet, @Inject(Targets) targets: Targets) {
    super();
    this.#fleet = fleet;
    this.#targets = targets;
    fleet.onGone((connection) => {
      for (const asking of this.#asking.values()) answered(asking, connection);
    });
  }

  async ask(place: Place, variants: readonly PreparedVariant[]): Promise<readonly Veto[]> {
    const target = await this.#targets.get(place);
    const answers = variants.map(({ instanceIds, namespaces }) => {
      const connections = instanceIds.flatMap((id) => this.#fleet.find(place, id) ?? []);
      const frames = namespaces.flatMap(({ name, digest, layers }): WireNamespace[] => {
        const known = target.namespace(name);
        if (!known || digest === undefined) return [];
        const revision = layers.reduce((newest, layer) => Math.max(newest, layer.revision), 0);
        const schema = known.schema ? { schema: known.schema } : {};
        return [{ name, kind: known.kind, revision, digest, layers: layers.map(wireOf), ...schema }];
      });
      return this.#askAll(connections, frames);
    });
    return (await Promise.all(answers)).flat();
  }

  /** An instance has answered. */
  prepared(connection: Connection, frame: Prepared): void {
    const asking = this.#asking.get(frame.prepareId);
    if (!asking?.waiting.has(connection)) return;
    const { instanceId } = connection;
    for (const { name, error } of frame.vetoes) asking.vetoes.push({ instanceId, namespace: name, error });
    answered(asking, connection);
  }

  #askAll(connections: readonly Connection[], namespaces: WireNamespace[]): Promise<readonly Veto[]> {
    if (connections.length === 0 || namespaces.length === 0) return Promise.resolve([]);
    const prepareId = ++this.#lastId;
    return new Promise((resolve) => {
      const asking: Asking = {
        waiting: new Set(connections),
        vetoes: [],
        done: () => {
          clearTimeout(late);
          this.#asking.delete(prepareId);
          resolve(asking.vetoes);
        },
      };
      const late = setTimeout(() => asking.done(), answerWithinMs);
      this.#asking.set(prepareId, asking);
      const frame: Prepare = { prepareId, namespaces };
      for (const connection of connections) connection.wire.send('prepare', frame);
    });
  }
}

function answered(asking: Asking, connection: Connection): void {
  if (asking.waiting.delete(connection) && asking.waiting.size === 0) asking.done();
}

/** With its body, however large: it is nowhere yet where it could be fetched. */
function wireOf(layer: AimedLayer) {
  const { id, kind, order, revision, release, digest, expiresInMs } = layer;
  const body = openText(layer.body);
  return {
    id,
    kind,
    order,
    revision,
    ...(release !== undefined && { release }),
    digest,
    sizeBytes: Buffer.byteLength(body),
    body,
    ...(expiresInMs !== undefined && { expiresInMs }),
  };
}
