import { contentDigest, type ErrorText, layeredDigest, rootDigest } from '@sluice/core';
import type { Clock, Timer } from '../clock.ts';
import { type ListenerFailure, ListenerQueue } from '../config/listener-queue.ts';
import { rulesRefusal } from '../guard/rule-set.ts';
import { reason } from '../notices/reasons.ts';
import type { Digests } from '../sluice.ts';
import { type StartupLevel, strongestOf } from '../startup/startup-level.ts';
import { withoutExpired } from './build-held.ts';
import { type Held, type Live, nothingHeld } from './held.ts';
import { sha256 } from './sha256.ts';
import { type Answer, Vetting } from './vetting.ts';
import type { View } from './view.ts';

const pending = reason('validator_pending');
/** Layers that end within so short a time end together: those of one push must not be seen to end one by one. */
const endTogetherMs = 20;

/** What each view says of what it would serve. */
type Answers = Map<View, Answer>;

interface StoreEvents {
  /** In the turn in which something else is held or served, also where only the revision of a content is another. */
  moved?(): void;
  /** After each swap that changed something. */
  changed(names: readonly string[]): void;
  /** Layers ran out of their time; the swap has been done. */
  expired(names: readonly string[]): void;
  /** A validator that was asked late has answered: the namespace is served from now on, or `refusal` says why not. */
  settled(name: string, refusal: ErrorText | undefined): void;
  /** Listeners that were busy when it came failed over what is served of the namespace. */
  failedLate(name: string, failures: readonly ListenerFailure[]): void;
}

/** The one immutable reference that everything is read from, and the views that are served from it. */
export class Store {
  readonly #clock: Clock;
  readonly #events: StoreEvents;
  readonly #views = new Map<string, View[]>();
  readonly #queues = new Map<string, ListenerQueue>();
  /** Namespaces that some view does not serve as they are, and why: they count as not held. */
  readonly #disputed = new Map<string, ErrorText>();
  readonly #vetting: Vetting;
  #live: Live = nothingHeld;
  #expiry: Timer | undefined;

  constructor(clock: Clock, events: StoreEvents) {
    this.#clock = clock;
    this.#vetting = new Vetting(clock);
    this.#events = events;
  }

  get live(): Live {
    return this.#live;
  }

  get disputed(): ReadonlyMap<string, ErrorText> {
    return this.#disputed;
  }

  views(namespace?: string): readonly View[] {
    return namespace === undefined ? [...this.#views.values()].flat() : (this.#views.get(namespace) ?? []);
  }

  /** What the declarations of a namespace ask of the start, all taken together. */
  startupOf(namespace: string): StartupLevel {
    return strongestOf(this.views(namespace).map((view) => view.startup));
  }

  /** Holds nothing of a namespace from now on. */
  forget(namespace: string): void {
    const namespaces = new Map(this.#live.namespaces);
    if (namespaces.delete(namespace)) this.swap({ ...this.#live, namespaces });
  }

  /** Adds a view and serves it. Answers why what is held can't be served by it. */
  declare(view: View): ErrorText | undefined {
    const others = this.#views.get(view.namespace);
    if (others) others.push(view);
    else this.#views.set(view.namespace, [view]);
    const held = this.#live.namespaces.get(view.namespace);
    if (!held) return undefined;
    const refusal = this.#admits(view, held);
    if (!refusal) view.serve(held);
    else this.#disputed.set(view.namespace, refusal);
    this.#foresee(held, [view]);
    return refusal === pending ? undefined : refusal;
  }

  /** Why some view can't or won't serve this; at once unless a validator takes its time. Never throws or rejects. */
  check(held: Held): Answer | Promise<Answer> {
    const unusable = rulesRefusal(held);
    if (unusable) return unusable;
    const views = this.views(held.name);
    for (const view of views) {
      const refusal = view.refuses(held.content);
      if (refusal) return refusal;
    }
    const answers = views.map((view) => this.#vetting.ask(view, held));
    if (answers.some((answer) => answer instanceof Promise))
      return Promise.all(answers).then((all) => all.find((answer) => answer !== undefined));
    return (answers as Answer[]).find((answer) => answer !== undefined);
  }

  /** Makes `next` what everybody reads, in one step. Answers the namespaces whose content changed. */
  swap(next: Live): string[] {
    const before = this.#live.namespaces;
    const names = [...new Set([...before.keys(), ...next.namespaces.keys()])];
    const touched = names.filter((name) => before.get(name) !== next.namespaces.get(name));
    const changed = touched.filter((name) => before.get(name)?.digest !== next.namespaces.get(name)?.digest);
    // The app's own code runs here, and reads what is still in force; nothing of it runs between two namespaces.
    const answers = this.#ask(touched, next);
    this.#live = next;
    for (const name of touched) this.#serve(name, next.namespaces.get(name), answers);
    this.#armExpiry();
    for (const name of touched) this.#foresee(next.namespaces.get(name), this.views(name));
    if (touched.length > 0) this.#events.moved?.();
    if (changed.length > 0) this.#events.changed(changed);
    return changed;
  }

  /**
   * Asks validators at once about what each end of a layer will leave, for the code's defaults would count while they
   * think about it then. What they refuse they are asked about again when it comes to that.
   */
  #foresee(held: Held | undefined, views: readonly View[]): void {
    const asked = views.filter((view) => view.vet);
    if (!held || asked.length === 0) return;
    for (const end of new Set(held.layers.flatMap(({ expiresAt }) => expiresAt ?? []))) {
      const left = withoutExpired(held, end + endTogetherMs);
      for (const view of asked)
        if (left && !view.refuses(left.content)) void this.#vetting.askUnlessAccepted(view, left);
    }
  }

  #ask(names: readonly string[], next: Live): Answers {
    const answers: Answers = new Map();
    let before: number;
    do {
      before = answers.size;
      for (const name of names) {
        const held = next.namespaces.get(name);
        if (!held) continue;
        for (const view of this.views(name))
          if (!answers.has(view)) answers.set(view, this.#admits(view, held));
      }
      // Code that was asked may have declared more.
    } while (answers.size > before);
    return answers;
  }

  /** Runs no code of the app. */
  #serve(name: string, held: Held | undefined, answers: Answers): void {
    this.#disputed.delete(name);
    const unusable = held && rulesRefusal(held);
    if (unusable) this.#disputed.set(name, unusable);
    for (const view of this.views(name)) {
      const refusal = answers.get(view);
      if (refusal) this.#disputed.set(name, refusal);
      view.serve(refusal ? undefined : held);
    }
  }

  /**
   * Why this view doesn't serve what is held. A validator that was not asked before the swap, because its view was
   * declared later or because a layer expired, is asked now; until it has answered, the code's defaults count.
   */
  #admits(view: View, held: Held): Answer {
    const refusal = view.refuses(held.content);
    if (refusal) return refusal;
    const answer = this.#vetting.askUnlessAccepted(view, held);
    if (!(answer instanceof Promise)) return answer;
    void answer.then((known) => {
      if (this.#live.namespaces.get(held.name) !== held) return;
      this.#serve(held.name, held, this.#ask([held.name], this.#live));
      this.#events.moved?.();
      this.#events.settled(held.name, known);
    });
    return pending;
  }

  /** Tells the listeners of these namespaces; those of one namespace in order, the namespaces side by side. */
  async tellListeners(names: readonly string[]): Promise<ReadonlyMap<string, readonly ListenerFailure[]>> {
    const told = await Promise.all(
      names.map(async (name) => [name, await this.#queue(name).notify()] as const),
    );
    return new Map(told.filter(([, failures]) => failures.length > 0));
  }

  #queue(name: string): ListenerQueue {
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = new ListenerQueue(
        () => this.views(name).flatMap((v) => v.listeners),
        this.#clock,
        (failures) => this.#events.failedLate(name, failures),
      );
      this.#queues.set(name, queue);
    }
    return queue;
  }

  /** The digest of one namespace, computed anew from what is read now; undefined when it isn't held. */
  digestOf(name: string): string | undefined {
    const held = this.#live.namespaces.get(name);
    return held && !this.#disputed.has(name) ? contentDigest(held.content, sha256) : undefined;
  }

  /** Every digest, computed anew from what is read now. */
  digests(): Digests {
    const { epoch, revision } = this.#live;
    const namespaces: { name: string; digest: string; revision: number }[] = [];
    for (const [name, held] of [...this.#live.namespaces].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const digest = this.digestOf(name);
      if (digest !== undefined) namespaces.push({ name, digest, revision: held.revision });
    }
    return { epoch, revision, rootDigest: rootDigest(namespaces, sha256), namespaces };
  }

  /** The root digest from the digests that were computed when each namespace was built. */
  root(): string {
    const held = [...this.#live.namespaces.values()].filter((n) => !this.#disputed.has(n.name));
    return rootDigest(held, sha256);
  }

  /** One digest of what is read now and of the layers that it comes from. */
  layered(): string {
    const { namespaces } = this.#live;
    const held = this.digests().namespaces.map(({ name, digest }) => {
      return { name, digest, layers: namespaces.get(name)!.layers };
    });
    return layeredDigest(held, sha256);
  }

  close(): void {
    this.#expiry?.cancel();
  }

  #armExpiry(): void {
    this.#expiry?.cancel();
    this.#expiry = undefined;
    const next = this.#nextEnd();
    if (next === Infinity) return;
    this.#expiry = this.#clock.after(next - this.#clock.monotonic(), () => this.#dropExpired());
  }

  /** On the monotonic clock; infinite where nothing ends. */
  #nextEnd(): number {
    let next = Infinity;
    for (const held of this.#live.namespaces.values())
      for (const { expiresAt = Infinity } of held.layers) next = Math.min(next, expiresAt);
    return next;
  }

  #dropExpired(): void {
    const now = this.#clock.monotonic();
    // A timer may fire a little early: then nothing is due, and it is set anew.
    const isDue = this.#nextEnd() <= now;
    const namespaces = new Map<string, Held>();
    for (const [name, held] of this.#live.namespaces) {
      const left = isDue ? withoutExpired(held, now + endTogetherMs) : held;
      if (left) namespaces.set(name, left);
    }
    const changed = this.swap({ ...this.#live, namespaces });
    if (changed.length > 0) this.#events.expired(changed);
  }
}
