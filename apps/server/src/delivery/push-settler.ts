import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import { LOGGER } from '../env/tokens.ts';
import type { InstanceEntity } from '../fleet/fleet.entities.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { isConverged, type OpenPush, verdictOf } from './open-push.ts';
import { PushTargetStore } from './push-target.store.ts';
import { PushTracker } from './push-tracker.ts';

const tickMs = 250;
const writeMs = 1000;
/** A reachable instance that has said nothing for so long is a timeout. */
const ackTimeoutMs = 10_000;
/** With several nodes, a verdict waits until each of them has written its targets. */
const otherNodesMs = 3000;
/** Targets of a node that died are judged by what the database knows of them. */
const orphanMs = 20_000;
/** An instance that was not seen for a day is not expected back. */
const expectedBackMs = 24 * 3600_000;

/** Brings every push to its verdict, writes it, and looks again when late evidence comes in. */
@Injectable()
export class PushSettler implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #tracker: PushTracker;
  readonly #store: PushTargetStore;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #withOffline = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #writtenAt = 0;

  constructor(
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(PushTargetStore) store: PushTargetStore,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
    @Inject(Metrics) metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#tracker = tracker;
    this.#store = store;
    this.#node = node;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const push of await this.#store.open()) this.#tracker.follow(push);
    this.#timer = setInterval(() => {
      this.#running ??= this.#tick()
        .catch((error: unknown) =>
          this.#logger.warn({ err: error }, 'pushes could not be settled yet; it is tried again'),
        )
        .finally(() => {
          this.#running = undefined;
        });
    }, tickMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    await this.#store.write(this.#tracker.all()).catch(() => undefined);
  }

  async #tick(): Promise<void> {
    const now = this.#clock.now();
    for (const push of this.#tracker.all()) {
      if (!this.#withOffline.has(push.id)) await this.#addOffline(push, now);
      if (!push.settled) await this.#judge(push, now);
    }
    if (now - this.#writtenAt >= writeMs) {
      this.#writtenAt = now;
      const late = [...this.#tracker.all()].filter((push) => push.settled && push.unwritten.size > 0);
      await this.#store.write(this.#tracker.all());
      for (const push of late) await this.#settle(push);
    }
  }

  async #addOffline(push: OpenPush, now: number): Promise<void> {
    const ids = await this.#store.offline(push, now - expectedBackMs);
    this.#withOffline.add(push.id);
    const added = ids.filter((instanceId) => !push.targets.has(instanceId));
    for (const instanceId of added) push.set({ instanceId, state: 'offline', at: now });
    if (added.length > 0) this.#tracker.moved(push, added);
  }

  async #judge(push: OpenPush, now: number): Promise<void> {
    const age = now - push.createdAt;
    if (age > ackTimeoutMs && push.hasPending && age < orphanMs) {
      const silent = [...push.targets.values()].filter((t) => t.state === 'pending').map((t) => t.instanceId);
      push.giveUpPending(now);
      this.#tracker.moved(push, silent);
    }
    if (age >= orphanMs) await this.#judgeOrphans(push, now);
    if (push.hasPending) return;
    if (age < otherNodesMs && (await this.#node.countAlive()) > 1) return;
    await this.#store.write([push]);
    await this.#settle(push);
  }

  /** The node that followed some targets is gone, or this one restarted: what instances said last decides. */
  async #judgeOrphans(push: OpenPush, now: number): Promise<void> {
    const rows = await this.#store.targetsOf(push.id);
    const known = rows.length > 0 || push.targets.size > 0;
    const pending = [
      ...new Set(
        [...rows, ...push.targets.values()].filter((t) => t.state === 'pending').map((t) => t.instanceId),
      ),
    ];
    const instances = known
      ? await this.#store.instances(push, pending)
      : await this.#store.allInstances(push, push.createdAt - expectedBackMs);
    for (const instance of instances)
      push.set({ instanceId: instance.instanceId, state: stateOf(push, instance), at: now });
    for (const instanceId of pending)
      if (!instances.some((instance) => instance.instanceId === instanceId))
        push.set({ instanceId, state: 'offline', at: now });
    if (instances.length > 0 || pending.length > 0)
      this.#tracker.moved(push, [...pending, ...instances.map((i) => i.instanceId)]);
  }

  /** Over the targets of all nodes; each node that is done with its own says it anew. */
  async #settle(push: OpenPush): Promise<void> {
    const rows = await this.#store.targetsOf(push.id);
    const verdict = verdictOf(rows, push.createdAt, this.#clock.now());
    if (verdict.counts.pending > 0) return; // another node is still waiting for answers
    const state = isConverged(verdict.counts) ? 'converged' : 'diverged';
    const changed = await this.#store.settle(push.id, state, this.#clock.now(), verdict.lastAppliedMs);
    if (changed && !push.settled) this.#metrics.pushes.inc({ state });
    push.settled = true;
    this.#tracker.moved(push, []);
  }
}

function stateOf(push: OpenPush, instance: InstanceEntity): 'applied' | 'timeout' | 'offline' {
  if (instance.holds[push.namespace]?.digest === push.digest) return 'applied';
  return instance.online ? 'timeout' : 'offline';
}
