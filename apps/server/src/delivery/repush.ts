import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../env/clock.ts';
import { Fleet } from '../fleet/fleet.ts';
import { Targets } from '../fleet/targets.ts';
import { Conversation } from './conversation.ts';
import { Dispatcher } from './dispatcher.ts';
import type { OpenPush } from './open-push.ts';
import { PushTracker } from './push-tracker.ts';

/** Sends a push again to those of its targets that don't hold it, also to those that refused it. */
@Injectable()
export class Repush {
  readonly #tracker: PushTracker;
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #dispatcher: Dispatcher;
  readonly #conversation: Conversation;
  readonly #clock: Clock;

  constructor(
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(Dispatcher) dispatcher: Dispatcher,
    @Inject(Conversation) conversation: Conversation,
    @Inject(Clock) clock: Clock,
  ) {
    this.#tracker = tracker;
    this.#fleet = fleet;
    this.#targets = targets;
    this.#dispatcher = dispatcher;
    this.#conversation = conversation;
    this.#clock = clock;
  }

  begin(push: OpenPush): void {
    const target = this.#targets.peek(push.place);
    const now = this.#clock.now();
    push.reopen(now);
    const again: string[] = [];
    for (const { instanceId, state } of [...push.targets.values()]) {
      const connection = this.#fleet.find(push.place, instanceId);
      if (!connection || !target || state === 'applied' || state === 'repaired' || state === 'superseded')
        continue;
      push.set({ instanceId, state: 'pending', at: now });
      again.push(instanceId);
      for (const name of push.digests.keys()) connection.refuses(name, undefined);
      connection.repairs = 0;
      this.#dispatcher.toOne(connection, target);
      // What it says it holds may be wrong, and then nothing was sent.
      this.#conversation.probe(connection);
    }
    this.#tracker.moved(push, again);
  }
}
