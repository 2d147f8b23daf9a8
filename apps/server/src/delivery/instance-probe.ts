import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import type { Holding } from '../fleet/fleet.entities.ts';
import { Fleet } from '../fleet/fleet.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import { NodeQuestions } from '../fleet/node-questions.ts';
import type { Place } from '../fleet/place.ts';
import type { View } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';
import { Conversation } from './conversation.ts';

const answerWithinMs = 3000;
/** What the way to another node and back may take besides. */
const otherNodeMs = 2500;

type Probed = ResponseOf<Contracts['probeInstance']>;

/** To the node that it is connected to. */
interface Question {
  readonly place: Place;
  readonly instanceId: string;
}

/** Asks one instance what it really holds, whichever node it is connected to. */
@Injectable()
export class InstanceProbe {
  readonly #fleet: Fleet;
  readonly #instances: InstancesRead;
  readonly #targets: Targets;
  readonly #conversation: Conversation;
  readonly #clock: Clock;
  readonly #questions: NodeQuestions;

  constructor(
    @Inject(Fleet) fleet: Fleet,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(Targets) targets: Targets,
    @Inject(Conversation) conversation: Conversation,
    @Inject(Clock) clock: Clock,
    @Inject(NodeQuestions) questions: NodeQuestions,
  ) {
    this.#fleet = fleet;
    this.#instances = instances;
    this.#targets = targets;
    this.#conversation = conversation;
    this.#clock = clock;
    this.#questions = questions;
    questions.answers('probe', async ({ place, instanceId }: Question) => {
      const probed = await this.#probeHere(place, instanceId);
      return probed ? { probed } : {};
    });
  }

  async probe(place: Place, instanceId: string): Promise<Probed> {
    const known = await this.#instances.require(place, instanceId);
    if (!known.online) throw new SluiceError('wrong_state', { reason: offline });
    const here = await this.#probeHere(place, instanceId);
    if (here) return here;
    const askedAt = this.#clock.monotonic();
    const question: Question = { place, instanceId };
    const within = answerWithinMs + otherNodeMs;
    const there =
      known.nodeId === null
        ? undefined
        : await this.#questions.ask<{ probed?: Probed }>(known.nodeId, 'probe', question, within);
    const ms = Math.round(this.#clock.monotonic() - askedAt);
    if (there?.probed) return { ...there.probed, ...(there.probed.answered && { ms }) };
    const { namespaces } = (await this.#targets.get(place)).viewFor(known);
    return { answered: false, namespaces: compared(new Map(Object.entries(known.holds)), namespaces) };
  }

  /** Undefined when it is not connected to this node. */
  async #probeHere(place: Place, instanceId: string): Promise<Probed | undefined> {
    const connection = this.#fleet.find(place, instanceId);
    if (!connection) return undefined;
    const target = await this.#targets.get(place);
    const askedAt = this.#clock.monotonic();
    const answered = await this.#conversation.ask(connection, answerWithinMs);
    return {
      answered,
      ...(answered && { ms: Math.round(this.#clock.monotonic() - askedAt) }),
      namespaces: compared(connection.holds, target.viewFor(connection).namespaces),
    };
  }
}

function compared(holds: ReadonlyMap<string, Holding>, wanted: View['namespaces']): Probed['namespaces'] {
  const names = [...new Set([...holds.keys(), ...wanted.keys()])].sort();
  return names.map((name) => {
    const held = holds.get(name)?.digest;
    const expected = wanted.get(name)?.digest;
    return {
      name,
      ...(held !== undefined && { held }),
      ...(expected !== undefined && { expected }),
      inSync: held === expected,
    };
  });
}

const offline = {
  en: 'the instance is not connected; it is asked what it holds as soon as it comes back',
  zh: '实例未连接；它重新连接后会立即上报其持有的内容',
};
