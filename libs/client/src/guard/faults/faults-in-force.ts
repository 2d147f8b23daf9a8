import { Drill, type DrillOptions, type Guard, type RunningFault } from '@sluice/core';
import {
  type DrillOrder,
  type DrillRecord,
  drillOrder,
  type FaultEnd,
  type FaultState,
  faults as faultsFrame,
  faultsOf,
  firstFault,
  mostDrills,
} from '@sluice/protocol/client';
import { z } from 'zod';
import type { Clock, Timer } from '../../clock.ts';
import type { Notices } from '../../notices/notices.ts';
import { reason } from '../../notices/reasons.ts';
import { outsideOfRequests } from '../context.ts';
import { drillNews } from './drill-news.ts';
import type { HeldCalls } from './held-calls.ts';
import { isActive, type KnownDrill, recordOf } from './running-drill.ts';

const tellEveryMs = 1000;
/** A timer that fires so much too late says that this process was busy: beats may lie there unread. */
const tooLateMs = 200;
const readWithinMs = 100;
/** For so long calls that were under way when a drill ended are told of. */
const tailMs = 5000;
/** Each drill is looked at by itself, so that one which this client can't run doesn't keep it from the others. */
const envelope = faultsFrame.extend({ drills: z.array(z.unknown()).max(mostDrills).optional() });
const named = drillOrder.pick({ drillId: true });

export interface FaultsInForceOptions {
  readonly clock: Clock;
  readonly notices: Notices;
  readonly core: Guard;
  readonly held: HeldCalls;
  readonly random: () => number;
  /** Whether the kill switch lets no fault be injected. */
  readonly isKilled: () => boolean;
  readonly isUp: () => boolean;
  readonly send: (state: Omit<FaultState, 'bootId'>) => void;
  /** Called each second while a drill runs. */
  readonly looked: () => void;
}

/**
 * The faults that are in force here: for as long as the server renews them, until their deadline, and not while the
 * kill switch is on. What ends here has ended for good. Without a drill there is no timer.
 */
export class FaultsInForce {
  readonly #options: FaultsInForceOptions;
  readonly #known = new Map<string, KnownDrill>();
  #inForce: readonly Drill[] = [];
  #version: number | undefined;
  #timer: Timer | undefined;
  #tellAtMs = 0;
  #isClosed = false;

  constructor(options: FaultsInForceOptions) {
    this.#options = options;
  }

  /** A frame of the server. Answers why it can't be read. */
  take(raw: unknown): string | undefined {
    const parsed = envelope.safeParse(raw);
    if (!parsed.success) return issueOf(parsed.error);
    const { version, leaseMs, drills } = parsed.data;
    if (this.#isClosed || (this.#version !== undefined && version < this.#version)) return undefined;
    // A beat of a state that was never seen renews nothing.
    if (drills === undefined && version !== this.#version) return undefined;
    this.#version = version;
    const unreadable = drills && this.#follow(drills, (order) => this.#byOwnClock(order));
    this.#renew(leaseMs);
    if (drills) this.#changed();
    return unreadable;
  }

  /** The same without a server: these drills, until their deadlines. */
  run(drills: readonly DrillOrder[]): void {
    this.#follow(drills, (order) => order);
    this.#renew(Number.POSITIVE_INFINITY);
    this.#changed();
  }

  /** A new connection begins: what was said on the one before counts on, its versions don't. */
  connecting(): void {
    this.#version = undefined;
  }

  /** The connection stands: the server may have missed what ended meanwhile. */
  connected(): void {
    for (const known of this.#known.values()) known.told = undefined;
    this.#tell();
  }

  /** The kill switch lets no fault be injected any more. */
  killed(): void {
    this.#endAll('killSwitch');
  }

  /** As many calls are held back as may be. */
  overloaded(): void {
    this.#endAll('overloaded');
  }

  /** Of those that run, and the last that ended; the oldest first. */
  records(): DrillRecord[] {
    const nowMs = this.#now();
    return Array.from(this.#known.values(), (known) => recordOf(known, nowMs));
  }

  /** For good. */
  close(): void {
    this.#endAll('closed');
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Begins what is new, and ends what isn't named any more. */
  #follow(drills: readonly unknown[], meaning: (order: DrillOrder) => DrillOrder): string | undefined {
    const meant = new Set<string>();
    let unreadable: string | undefined;
    for (const raw of drills) {
      const name = named.safeParse(raw);
      if (!name.success) {
        unreadable ??= issueOf(name.error);
        continue;
      }
      const { drillId } = name.data;
      meant.add(drillId);
      const order = drillOrder.safeParse(raw, { reportInput: true });
      const known = this.#known.get(drillId);
      if (known) {
        if (order.success) this.#shorten(known, order.data);
      } else if (order.success) this.#begin(meaning(order.data));
      else this.#refuse(drillId, issueOf(order.error));
    }
    for (const known of this.#known.values())
      if (isActive(known) && !meant.has(known.id)) this.#end(known, 'ended');
    return unreadable;
  }

  /** The server's time of day may be another than that of this machine: what it means is the time that is left. */
  #byOwnClock(order: DrillOrder): DrillOrder {
    const deadline = new Date(this.#options.clock.now() + order.deadlineInMs).toISOString();
    const faults = Object.entries(order.faults).map(([name, fault]) => [name, { ...fault, deadline }]);
    return { ...order, faults: Object.fromEntries(faults) };
  }

  #begin({ drillId: id, deadlineInMs, budgetPerMillion, faults }: DrillOrder): void {
    const nowMs = this.#now();
    const seed = Math.floor(this.#options.random() * 2 ** 32);
    const wallOffsetMs = this.#options.clock.now() - nowMs;
    const drill = new Drill({
      id,
      budgetPerMillion,
      faults: faults as DrillOptions['faults'],
      seed,
      wallOffsetMs,
    });
    const deadlineMs = nowMs + deadlineInMs;
    const known: KnownDrill = { id, drill, sinceMs: nowMs, deadlineMs, ended: undefined, told: undefined };
    this.#known.set(id, known);
    if (this.#options.isKilled()) {
      this.#end(known, 'killSwitch');
      return;
    }
    this.#options.notices.warn('drill_began', { drill: id, faults: Object.keys(faults).join(', ') }, id);
  }

  #refuse(id: string, error: string): void {
    const atMs = this.#now();
    this.#known.set(id, {
      id,
      drill: undefined,
      sinceMs: atMs,
      deadlineMs: atMs,
      ended: undefined,
      error,
      told: undefined,
    });
    this.#options.notices.warn('drill_refused', { drill: id, reason: error }, id);
  }

  /** Renewing puts no deadline off. */
  #shorten(known: KnownDrill, { deadlineInMs }: DrillOrder): void {
    known.deadlineMs = Math.min(known.deadlineMs, this.#now() + deadlineInMs);
  }

  #renew(leaseMs: number): void {
    const leaseEndsMs = this.#now() + leaseMs;
    for (const { drill, deadlineMs } of this.#active()) drill!.endsMs = Math.min(deadlineMs, leaseEndsMs);
    this.#arm();
  }

  #endAll(because: FaultEnd): void {
    const active = this.#active();
    if (active.length === 0) return;
    for (const known of active) this.#end(known, because);
    this.#changed();
  }

  /** To be followed by `#changed`. */
  #end(known: KnownDrill, because: FaultEnd): void {
    known.ended = { because, atMs: this.#now() };
    known.drill!.endsMs = Number.NEGATIVE_INFINITY;
    const why = reason(`fault_end_${because}`);
    this.#options.notices.warn('drill_ended', { drill: known.id, reason: why }, known.id);
  }

  /** Other drills may run than before. Whoever says again what is in force anyway sets nothing off. */
  #changed(): void {
    const { core, held } = this.#options;
    const drills = this.#active().map(({ drill }) => drill!);
    const isSame =
      drills.length === this.#inForce.length && drills.every((each, i) => each === this.#inForce[i]);
    if (isSame && [...this.#known.values()].every(({ told }) => told !== undefined)) {
      this.#arm();
      return;
    }
    this.#inForce = drills;
    if (!isSame) core.setDrills(drills, this.#now());
    const over = new Set<RunningFault>();
    for (const known of this.#known.values())
      if (known.ended) for (const fault of known.drill?.faults ?? []) over.add(fault);
    held.free(over);
    this.#tell();
    this.#forget();
    this.#arm();
  }

  #active(): KnownDrill[] {
    return [...this.#known.values()].filter(isActive);
  }

  /** The last that ended are remembered, so that none of them is begun anew. */
  #forget(): void {
    const over = [...this.#known.values()].filter((each) => !isActive(each));
    for (const { id } of over.slice(0, -mostDrills)) this.#known.delete(id);
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const active = this.#active();
    if (this.#isClosed || (active.length === 0 && !this.#isTailing())) return;
    const ends = active.map(({ drill }) => drill!.endsMs);
    const dueMs = Math.min(this.#tellAtMs, ...ends);
    outsideOfRequests(() => this.#wakeAt(dueMs));
  }

  #wakeAt(dueMs: number): void {
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(0, dueMs - this.#now()), () => {
      // Nothing is injected past its end in any case; but a busy process must not take its own silence for the server's.
      if (this.#now() - dueMs < tooLateMs) this.#look();
      else this.#timer = clock.after(readWithinMs, () => this.#look());
    });
  }

  #look(): void {
    const nowMs = this.#now();
    let hasEnded = false;
    for (const known of this.#active()) {
      if (nowMs < known.drill!.endsMs) continue;
      this.#end(known, nowMs >= known.deadlineMs ? 'deadline' : 'silence');
      hasEnded = true;
    }
    if (hasEnded) {
      this.#changed();
      return;
    }
    this.#options.looked();
    this.#tell();
    this.#arm();
  }

  /** Calls may be under way that were let in before a drill ended; while nobody can be told, it makes no odds. */
  #isTailing(): boolean {
    const sinceMs = this.#now() - tailMs;
    return (
      this.#options.isUp() && [...this.#known.values()].some(({ ended }) => ended && ended.atMs > sinceMs)
    );
  }

  /** What runs, and what has changed of the rest since it was told. */
  #tell(): void {
    const nowMs = this.#now();
    this.#tellAtMs = nowMs + tellEveryMs;
    if (!this.#options.isUp()) return;
    for (const drills of drillNews(this.#known.values(), nowMs))
      this.#options.send({ version: this.#version ?? 0, drills });
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }
}

const issueOf = (error: z.ZodError): string => firstFault(faultsOf(error)).en;
