import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Verdict } from '@sluice/protocol';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import { LOGGER } from '../env/tokens.ts';
import type { InstanceEntity } from '../fleet/fleet.entities.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { isConverged, type OpenPush, verdictOf } from './open-push.ts';
import { Prober, probeAfterMs } from './prober.ts';
import { PushTargetStore } from './push-target.store.ts';
import { PushTracker } from './push-tracker.ts';

const tickMs = 250;
const writeMs = 1000;
/** A reachable instance that has said nothing for so long is a timeout. */
const ackTimeoutMs = 10_000;
/** An open push is written after this, so that other nodes and a restart know whom it is for. */
const writeOpenMs = 1500;
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
  readonly #prober: Prober;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #writtenAt = 0;

  constructor(
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(PushTargetStore) store: PushTargetStore,
    @Inject(Prober) prober: Prober,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
    @Inject(Metrics) metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#tracker = tracker;
    this.#store = store;
    this.#prober = prober;
    this.#node = node;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const push of await this.#store.open()) await this.#takeUp(push);
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

  /** A push of before this start. Killed in its first second, its node had not written whom it was for. */
  async #takeUp(push: OpenPush): Promise<void> {
    const now = this.#clock.now();
    push.waitingSince = now;
    if (push.targets.size === 0)
      for (const instance of await this.#store.allInstances(push, push.createdAt - expectedBackMs))
        push.set({
          instanceId: instance.instanceId,
          state: instance.online ? 'pending' : 'offline',
          at: now,
        });
    push.hasOffline = true;
    this.#tracker.follow(push);
  }

  async #tick(): Promise<void> {
    const now = this.#clock.now();
    const done: OpenPush[] = [];
    const inMotion = [...this.#tracker.all()].some((push) => !push.settled || push.unwritten.size > 0);
    const isAlone = !inMotion || (await this.#node.countAlive()) === 1;
    for (const push of this.#tracker.all()) {
      if (!push.hasOffline) await this.#addOffline(push, now);
      if (!push.probed && now - push.createdAt >= probeAfterMs) {
        push.probed = true;
        this.#prober.check(push, Math.random);
      }
      if (!push.settled && (await this.#isDone(push, now, isAlone))) done.push(push);
    }
    const isTime = now - this.#writtenAt >= writeMs;
    if (isTime)
      for (const push of this.#tracker.all()) if (push.settled && push.unwritten.size > 0) done.push(push);
    if (done.length === 0 && !isTime) return;
    this.#writtenAt = now;
    if (isAlone) await this.#settle(done, (push) => push.verdict(now));
    else await this.#settleAmongNodes(done);
  }

  async #addOffline(push: OpenPush, now: number): Promise<void> {
    const ids = await this.#store.offline(push, now - expectedBackMs);
    push.hasOffline = true;
    const added = ids.filter((instanceId) => !push.targets.has(instanceId));
    for (const instanceId of added) push.set({ instanceId, state: 'offline', at: now });
    if (added.length > 0) this.#tracker.moved(push, added);
  }

  /** Whether this node has heard from all of its targets, or given up on them. */
  async #isDone(push: OpenPush, now: number, isAlone: boolean): Promise<boolean> {
    const age = now - push.waitingSince;
    if (age > ackTimeoutMs && push.hasPending && age < orphanMs) {
      const silent = [...push.targets.values()].filter((t) => t.state === 'pending').map((t) => t.instanceId);
      push.giveUpPending(now);
      this.#tracker.moved(push, silent);
    }
    if (age >= orphanMs) await this.#judgeOrphans(push, now);
    return !push.hasPending && (age >= otherNodesMs || isAlone);
  }

  /** The targets are spread over nodes: what they have written, this one included, is what counts. */
  async #settleAmongNodes(pushes: readonly OpenPush[]): Promise<void> {
    await this.#store.write(this.#tracker.all());
    const now = this.#clock.now();
    const verdicts = new Map<OpenPush, Verdict>();
    for (const push of pushes) {
      const verdict = verdictOf(await this.#store.targetsOf(push.id), push.createdAt, now);
      // Another node is still waiting for answers; it will say the verdict.
      if (verdict.counts.pending === 0) verdicts.set(push, verdict);
    }
    await this.#settle([...verdicts.keys()], (push) => verdicts.get(push)!);
  }

  async #settle(pushes: readonly OpenPush[], verdictOn: (push: OpenPush) => Verdict): Promise<void> {
    const now = this.#clock.now();
    const settled = pushes.map((push) => {
      const { counts, lastAppliedMs, holding, targets } = verdictOn(push);
      const state = isConverged(counts) ? ('converged' as const) : ('diverged' as const);
      return { pushId: push.id, state, at: now, lastAppliedMs, proof: { holding, targets } };
    });
    // A push whose answers are still coming in is written when they are there, not twice.
    const worthWriting = [...this.#tracker.all()].filter(
      (p) => p.settled || pushes.includes(p) || now - p.createdAt > writeOpenMs,
    );
    await this.#store.write(worthWriting, settled);
    for (const [index, push] of pushes.entries()) {
      if (!push.settled) this.#metrics.pushes.inc({ state: settled[index]!.state });
      push.settled = true;
      this.#tracker.moved(push, []);
    }
  }

  /** The node that followed some targets is gone: what their instances said last decides. */
  async #judgeOrphans(push: OpenPush, now: number): Promise<void> {
    const rows = await this.#store.targetsOf(push.id);
    const pending = [
      ...new Set(
        [...rows, ...push.targets.values()].filter((t) => t.state === 'pending').map((t) => t.instanceId),
      ),
    ];
    if (pending.length === 0) return;
    const instances = await this.#store.instances(push, pending);
    for (const instance of instances)
      push.set({ instanceId: instance.instanceId, state: stateOf(push, instance), at: now });
    for (const instanceId of pending)
      if (!instances.some((instance) => instance.instanceId === instanceId))
        push.set({ instanceId, state: 'offline', at: now });
    this.#tracker.moved(push, pending);
  }
}

function stateOf(push: OpenPush, instance: InstanceEntity): 'applied' | 'timeout' | 'offline' {
  if (instance.holds[push.namespace]?.digest === push.digest) return 'applied';
  return instance.online ? 'timeout' : 'offline';
}
