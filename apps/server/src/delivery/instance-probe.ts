import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import { Fleet } from '../fleet/fleet.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import type { Place } from '../fleet/place.ts';
import { Targets } from '../fleet/targets.ts';
import { Conversation } from './conversation.ts';

const answerWithinMs = 3000;

/** Asks one instance what it really holds. */
@Injectable()
export class InstanceProbe {
  readonly #fleet: Fleet;
  readonly #instances: InstancesRead;
  readonly #targets: Targets;
  readonly #conversation: Conversation;
  readonly #clock: Clock;

  constructor(
    @Inject(Fleet) fleet: Fleet,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(Targets) targets: Targets,
    @Inject(Conversation) conversation: Conversation,
    @Inject(Clock) clock: Clock,
  ) {
    this.#fleet = fleet;
    this.#instances = instances;
    this.#targets = targets;
    this.#conversation = conversation;
    this.#clock = clock;
  }

  async probe(place: Place, instanceId: string): Promise<ResponseOf<Contracts['probeInstance']>> {
    const { online } = await this.#instances.require(place, instanceId);
    const connection = this.#fleet.find(place, instanceId);
    if (!connection) throw new SluiceError('wrong_state', { reason: online ? elsewhere : offline });
    const target = await this.#targets.get(place);
    const askedAt = this.#clock.monotonic();
    const answered = await this.#conversation.ask(connection, answerWithinMs);
    const { namespaces } = target.viewFor(connection);
    const names = [...new Set([...connection.holds.keys(), ...namespaces.keys()])].sort();
    return {
      answered,
      ...(answered && { ms: Math.round(this.#clock.monotonic() - askedAt) }),
      namespaces: names.map((name) => {
        const held = connection.holds.get(name)?.digest;
        const expected = namespaces.get(name)?.digest;
        return {
          name,
          ...(held !== undefined && { held }),
          ...(expected !== undefined && { expected }),
          inSync: held === expected,
        };
      }),
    };
  }
}

const offline = {
  en: 'the instance is not connected; it is asked what it holds as soon as it comes back',
  zh: '实例未连接；它重新连接后会立即上报其持有的内容',
};
const elsewhere = {
  en: 'the instance is connected to another node of this server; ask there',
  zh: '实例连接在该服务器的另一个节点上；请在那里探测',
};
