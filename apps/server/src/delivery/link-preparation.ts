import { Inject, Injectable } from '@nestjs/common';
import type { AimedLayer } from '@sluice/core';
import type { Prepare, Prepared, WireLayer, WireNamespace } from '@sluice/protocol/client';
import { openText } from '../env/sealed-value.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import { NodeQuestions } from '../fleet/node-questions.ts';
import type { Place } from '../fleet/place.ts';
import { Targets } from '../fleet/targets.ts';
import { Preparation, type PreparedVariant, type Veto } from '../pushes/preparation.ts';

/** Who has not answered by then is silent. */
const answerWithinMs = 3000;
/** What the way to another node and back may take besides. */
const otherNodeMs = 2500;

/** A question that is out: who has not answered it yet. */
interface Asking {
  readonly waiting: Set<Connection>;
  readonly vetoes: Veto[];
  done(): void;
}

/** What instances of one variant are asked; bodies are as they are stored, with their secrets sealed. */
interface Asked {
  readonly instanceIds: readonly string[];
  readonly namespaces: WireNamespace[];
}

/** The same, to another node. */
interface Question {
  readonly place: Place;
  readonly asked: readonly Asked[];
}

/**
 * The first phase of a push in two. Every target that is connected to some node checks what would come. A veto is said
 * by an instance: one that is silent for 3 s, gone, or too old to know the question has none, and neither has a node
 * that doesn't answer, or a single hung process could keep everybody from a fix. What it does then is shown by the
 * proof of the push.
 */
@Injectable()
export class LinkPreparation extends Preparation {
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #instances: InstancesRead;
  readonly #questions: NodeQuestions;
  readonly #asking = new Map<number, Asking>();
  #lastId = 0;

  constructor(
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(NodeQuestions) questions: NodeQuestions,
  ) {
    super();
    this.#fleet = fleet;
    this.#targets = targets;
    this.#instances = instances;
    this.#questions = questions;
    fleet.onGone((connection) => {
      for (const asking of this.#asking.values()) answered(asking, connection);
    });
    questions.answers('prepare', async ({ place, asked }: Question) => ({
      vetoes: await this.#askHere(place, asked),
    }));
  }

  async ask(place: Place, variants: readonly PreparedVariant[]): Promise<readonly Veto[]> {
    const target = await this.#targets.get(place);
    const asked = variants.map(({ instanceIds, namespaces }) => ({
      instanceIds,
      namespaces: namespaces.flatMap(({ name, digest, layers }): WireNamespace[] => {
        const known = target.namespace(name);
        if (!known || digest === undefined) return [];
        const revision = layers.reduce((newest, layer) => Math.max(newest, layer.revision), 0);
        const schema = known.schema ? { schema: known.schema } : {};
        return [{ name, kind: known.kind, revision, digest, layers: layers.map(wireOf), ...schema }];
      }),
    }));
    const elsewhere = await this.#instances.otherNodes(place);
    const vetoes = await Promise.all([
      this.#askHere(place, asked),
      ...elsewhere.map((nodeId) => this.#askThere(nodeId, { place, asked })),
    ]);
    return vetoes.flat();
  }

  async #askThere(nodeId: string, question: Question): Promise<readonly Veto[]> {
    const within = answerWithinMs + otherNodeMs;
    const answer = await this.#questions.ask<{ vetoes: Veto[] }>(nodeId, 'prepare', question, within);
    return answer?.vetoes ?? [];
  }

  async #askHere(place: Place, asked: readonly Asked[]): Promise<readonly Veto[]> {
    const answers = asked.map(({ instanceIds, namespaces }) => {
      const connections = instanceIds.flatMap((id) => this.#fleet.find(place, id) ?? []);
      return this.#askAll(connections, namespaces.map(opened));
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
function wireOf({ id, kind, order, revision, release, digest, expiresInMs, body }: AimedLayer): WireLayer {
  return {
    id,
    kind,
    order,
    revision,
    ...(release !== undefined && { release }),
    digest,
    sizeBytes: 0,
    body,
    ...(expiresInMs !== undefined && { expiresInMs }),
  };
}

/** As instances are given it. */
function opened(namespace: WireNamespace): WireNamespace {
  const layers = namespace.layers.map((layer) => {
    const body = openText(layer.body ?? '');
    return { ...layer, body, sizeBytes: Buffer.byteLength(body) };
  });
  return { ...namespace, layers };
}
