import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { Conversation } from './conversation.ts';
import type { OpenPush } from './open-push.ts';

/** So long after a push its acks are checked against live memory. */
export const probeAfterMs = 3000;
/** Of those who answered, this share is asked all the same, and at least so many. */
const sampleShare = 0.05;
const sampleAtLeast = 20;

/**
 * Doesn't take an ack's word for it: after a push every silent instance is asked what it holds, and so is a random
 * sample of those who said that all is well.
 */
@Injectable()
export class Prober {
  readonly #fleet: Fleet;
  readonly #conversation: Conversation;

  constructor(@Inject(Fleet) fleet: Fleet, @Inject(Conversation) conversation: Conversation) {
    this.#fleet = fleet;
    this.#conversation = conversation;
  }

  /** Asks the silent targets of a push, and a sample of the others. */
  check(push: OpenPush, draw: () => number): void {
    const answered: Connection[] = [];
    for (const target of push.targets.values()) {
      const connection = this.#fleet.find(push.place, target.instanceId);
      if (!connection) continue;
      if (target.state === 'pending' || target.state === 'timeout') this.#conversation.probe(connection);
      else answered.push(connection);
    }
    const wanted = Math.max(sampleAtLeast, Math.ceil(answered.length * sampleShare));
    for (const connection of sample(answered, wanted, draw)) this.#conversation.probe(connection);
  }
}

/** `count` of them, each as likely as the other; the list is shuffled from its end as far as needed. */
function sample<T>(all: T[], count: number, draw: () => number): T[] {
  for (let i = all.length - 1; i >= 0 && i >= all.length - count; i--) {
    const j = Math.floor(draw() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(-count);
}
