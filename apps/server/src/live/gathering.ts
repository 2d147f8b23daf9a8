import type { Topic } from '@sluice/protocol/console';
import type { PushTarget } from '../delivery/open-push.ts';
import type { KnownInstance } from '../fleet/instances.read.ts';

/** A release, or a deletion (null), of one namespace. */
export interface GatheredChange {
  readonly app: string;
  readonly namespace: string;
  readonly release: number | null;
}

/** What happened on one topic since pages were told last; of each thing only the newest state. */
export class Gathering {
  readonly topic: Topic;
  #instances = new Map<string, KnownInstance>();
  #pushes = new Set<string>();
  #pushTargets = new Map<string, PushTarget>();
  #changes: GatheredChange[] = [];

  constructor(topic: Topic) {
    this.topic = topic;
  }

  instance(instanceId: string, known: KnownInstance): void {
    this.#instances.set(`${known.app} ${instanceId}`, known);
  }

  push(pushId: string): void {
    this.#pushes.add(pushId);
  }

  pushTarget(target: PushTarget): void {
    this.#pushTargets.set(target.instanceId, target);
  }

  change(change: GatheredChange): void {
    this.#changes.push(change);
  }

  get isEmpty(): boolean {
    return this.#instances.size + this.#pushes.size + this.#pushTargets.size + this.#changes.length === 0;
  }

  /** Hands out what was gathered and begins anew. */
  take(): {
    instances: KnownInstance[];
    pushes: string[];
    pushTargets: PushTarget[];
    changes: GatheredChange[];
  } {
    const taken = {
      instances: [...this.#instances.values()],
      pushes: [...this.#pushes],
      pushTargets: [...this.#pushTargets.values()],
      changes: this.#changes,
    };
    this.#instances = new Map();
    this.#pushes = new Set();
    this.#pushTargets = new Map();
    this.#changes = [];
    return taken;
  }
}
