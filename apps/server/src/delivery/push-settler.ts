import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Verdict } from '@sluice/protocol';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { Fleet } from '../fleet/fleet.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import type { Target } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';
import { compareHeld } from './compare-held.ts';
import { type OpenPush, verdictOf } from './open-push.ts';
import { Prober, probeAfterMs } from './prober.ts';
import { PushTargetStore } from './push-target.store.ts';
import { PushTracker } from './push-tracker.ts';
import { PushVerdicts } from './push-verdicts.ts';

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
const verdictsAtOnce = 5;

/** Brings every push to its verdict, writes it, and looks again when late evidence comes in. */
@Injectable()
export class PushSettler implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #tracker: PushTracker;
  readonly #store: PushTargetStore;
  readonly #verdicts: PushVerdicts;
  readonly #targets: Targets;
  readonly #fleet: Fleet;
  readonly #prober: Prober;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** On the steady clock. */
  #writtenAt = Number.NEGATIVE_INFINITY;
  /** Whether other nodes were there when this one looked last. */
  #hadOthers = false;
  /** Pushes that a turn was taken of, and that have to be read from the database. */
  readonly #toRead = new Set<string>();

  constructor(
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(PushTargetStore) store: PushTargetStore,
    @Inject(PushVerdicts) verdicts: PushVerdicts,
    @Inject(Targets) targets: Targets,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Prober) prober: Prober,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#tracker = tracker;
    this.#store = store;
    this.#verdicts = verdicts;
    this.#targets = targets;
    this.#fleet = fleet;
    this.#prober = prober;
    this.#node = node;
    this.#clock = clock;
    this.#logger = logger;
    tracker.onUnknown((pushId) => this.#toRead.add(pushId));
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

  /** A push of before this start, or one that took a turn long after its verdict. */
  async #takeUp(push: OpenPush): Promise<void> {
    const now = this.#clock.now();
    push.turnedAt = now;
    // Killed in its first second, its node had not written whom it was for.
    if (push.isForAll && push.targets.size === 0)
      for (const { instanceId, online } of await this.#store.instancesSince(
        push,
        push.createdAt - expectedBackMs,
      ))
        push.set({ instanceId, state: online ? 'pending' : 'offline', at: now });
    push.hasOffline = push.isForAll && push.targets.size > 0;
    this.#tracker.follow(push);
  }

  /** The others are gone: their targets are this node's to look after. */
  async #takeOver(): Promise<void> {
    for (const push of [...this.#tracker.all()].filter(({ settled }) => !settled))
      for (const target of await this.#store.targetsOf(push.id))
        if (!push.targets.has(target.instanceId)) push.take(target);
  }

  async #readUnknown(): Promise<void> {
    for (const pushId of [...this.#toRead]) {
      const push = await this.#store.find(pushId);
      this.#toRead.delete(pushId);
      if (!push) continue;
      const { revision } = push;
      push.revision = 0;
      if (push.isOver) push.end(revision, this.#clock.now());
      else push.turn(revision, this.#clock.now());
      await this.#takeUp(push);
    }
  }

  async #tick(): Promise<void> {
    await this.#readUnknown();
    const now = this.#clock.now();
    const done: OpenPush[] = [];
    const inMotion = [...this.#tracker.all()].some((push) => !push.settled || push.unwritten.size > 0);
    const isAlone = !inMotion || (await this.#node.countAlive()) === 1;
    if (isAlone && this.#hadOthers) await this.#takeOver();
    this.#hadOthers = !isAlone;
    for (const push of this.#tracker.all())
      if ((await this.#isLaid(push, now)) && !push.settled && (await this.#isAnswered(push, now, isAlone)))
        done.push(push);
    const mono = this.#clock.monotonic();
    const isTime = mono - this.#writtenAt >= writeMs;
    if (isTime)
      for (const push of this.#tracker.all()) if (push.settled && push.unwritten.size > 0) done.push(push);
    if (done.length === 0 && !isTime) return;
    this.#writtenAt = mono;
    if (isAlone) await this.#settle(done, (push) => push.verdict(now));
    else await this.#settleAmongNodes(done);
  }

  /** Whether it is known whom it is for; of an app that nobody is connected of, nothing says so by itself. */
  async #isLaid(push: OpenPush, now: number): Promise<boolean> {
    if (!push.isLaid || !push.hasOffline) {
      const target = await this.#targets.get(push.place);
      if (!push.isLaid) this.#tracker.lay(push, target);
      if (push.isLaid && !push.hasOffline) await this.#addOffline(push, target, now);
    }
    if (push.isLaid && !push.probed && this.#waitedMs(push) >= probeAfterMs) {
      push.probed = true;
      this.#prober.check(push, Math.random);
    }
    return push.isLaid;
  }

  async #isAnswered(push: OpenPush, now: number, isAlone: boolean): Promise<boolean> {
    if (isAlone) this.#missing(push, now);
    return this.#isDone(push, now, isAlone);
  }

  /** Those who are not connected are targets too, if it is for them; they get it when they return. */
  async #addOffline(push: OpenPush, target: Target, now: number): Promise<void> {
    push.hasOffline = true;
    if (push.isOver) return;
    const moved: string[] = [];
    const known = new Set<string>();
    // Those who are connected are targets of a push for all already.
    const whom = push.isForAll ? 'offline' : 'all';
    for (const instance of await this.#store.instancesSince(push, now - expectedBackMs, whom)) {
      const { instanceId } = instance;
      known.add(instanceId);
      if (this.#fleet.find(push.place, instanceId)) continue;
      const isFor = push.isFor(target.viewFor(instance));
      const isTarget = push.targets.has(instanceId);
      if (isFor && !isTarget && !instance.online) push.set({ instanceId, state: 'offline', at: now });
      else if (!isFor && isTarget && !push.isGone) push.drop(instanceId);
      if (push.targets.has(instanceId) !== isTarget) moved.push(instanceId);
    }
    for (const instanceId of this.#strangers(push, known)) {
      push.drop(instanceId);
      moved.push(instanceId);
    }
    if (moved.length > 0) this.#tracker.moved(push, moved);
  }

  /** Targets of some instances who came and went before anybody wrote them down: nobody is left to hold anything. */
  #strangers(push: OpenPush, known: ReadonlySet<string>): string[] {
    if (push.isForAll || push.isGone || this.#node.aliveNodes > 1) return [];
    return [...push.targets.keys()].filter((id) => !known.has(id) && !this.#fleet.find(push.place, id));
  }

  /** The only node knows who is connected. */
  #missing(push: OpenPush, now: number): void {
    // After a start, those who are about to come back are waited for.
    if (this.#waitedMs(push) < otherNodesMs) return;
    const gone = [...push.targets.values()].filter(
      ({ state, instanceId }) => state === 'pending' && !this.#fleet.find(push.place, instanceId),
    );
    if (gone.length === 0) return;
    for (const { instanceId } of gone) push.set({ instanceId, state: 'offline', at: now });
    this.#tracker.moved(
      push,
      gone.map((target) => target.instanceId),
    );
  }

  /** By no clock that anybody sets: a push would stay open for as long as it was set back. */
  #waitedMs(push: OpenPush): number {
    const mono = this.#clock.monotonic();
    push.waitingSince ??= mono;
    return mono - push.waitingSince;
  }

  /** Whether this node has heard from all of its targets, or given up on them. */
  async #isDone(push: OpenPush, now: number, isAlone: boolean): Promise<boolean> {
    const age = this.#waitedMs(push);
    if (age > ackTimeoutMs && push.hasPending && age < orphanMs) {
      const silent = [...push.targets.values()].filter((t) => t.state === 'pending').map((t) => t.instanceId);
      push.giveUpPending(now);
      this.#tracker.moved(push, silent);
    }
    if (age >= orphanMs && push.hasPending) await this.#judgeOrphans(push, now);
    return !push.hasPending && (age >= otherNodesMs || isAlone);
  }

  /** The targets are spread over nodes: what they have written, this one included, is what counts. */
  async #settleAmongNodes(pushes: readonly OpenPush[]): Promise<void> {
    await this.#store.write(this.#tracker.all());
    const now = this.#clock.now();
    const verdicts = new Map<OpenPush, Verdict>();
    for (const push of pushes) {
      const verdict = verdictOf(await this.#store.targetsOf(push.id), push.turnedAt, now);
      // Another node is still waiting for answers; it will say the verdict.
      if (verdict.counts.pending === 0) verdicts.set(push, verdict);
      else if (this.#waitedMs(push) >= orphanMs) await this.#judgeOrphans(push, now);
    }
    await this.#settle([...verdicts.keys()], (push) => verdicts.get(push)!);
  }

  async #settle(pushes: readonly OpenPush[], verdictOn: (push: OpenPush) => Verdict): Promise<void> {
    const now = this.#clock.now();
    // A push whose answers are still coming in is written when they are there, not twice.
    const worthWriting = [...this.#tracker.all()].filter(
      (p) => p.settled || pushes.includes(p) || this.#waitedMs(p) > writeOpenMs,
    );
    await this.#store.write(worthWriting);
    // Several at once share a commit where there is one writer, and leave connections to others where there are more.
    for (let from = 0; from < pushes.length; from += verdictsAtOnce)
      await Promise.all(
        pushes.slice(from, from + verdictsAtOnce).map((push) => this.#say(push, verdictOn(push), now)),
      );
  }

  async #say(push: OpenPush, verdict: Verdict, now: number): Promise<void> {
    const { revision } = push;
    const isSaid = await this.#verdicts.say(push, verdict, now);
    // It may have taken another turn meanwhile, which has a verdict of its own.
    if (!isSaid || push.revision !== revision || push.settled) return;
    push.settled = true;
    this.#tracker.moved(push, []);
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
    const target = await this.#targets.get(push.place);
    const known = new Map((await this.#store.instances(push, pending)).map((i) => [i.instanceId, i]));
    for (const instanceId of pending) {
      const instance = known.get(instanceId);
      const holder = instance && {
        instanceId,
        revision: instance.revision,
        holds: new Map(Object.entries(instance.holds)),
        refused: new Map(),
      };
      const found = holder && compareHeld(holder, target.viewFor(instance), push.digests.keys()).state;
      const state =
        found === 'same'
          ? 'applied'
          : found === 'failed'
            ? 'failed'
            : instance?.online
              ? 'timeout'
              : 'offline';
      push.set({ instanceId, state, at: now });
    }
    this.#tracker.moved(push, pending);
  }
}
