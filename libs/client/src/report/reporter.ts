import { type BreakerEvent, type ResourceState, type Tally } from '@sluice/core';
import type { LeaseWish, Report, ResourceSecond } from '@sluice/protocol/client';
import type { Timer } from '../clock.ts';
import type { CallGuard, CallWatcher } from '../guard/call-guard.ts';
import { type ClusterShares, demandMs } from '../guard/cluster-shares.ts';
import { outsideOfRequests } from '../guard/context.ts';
import type { ScriptTrouble } from '../guard/script-runners.ts';
import { type CallsSecond, callsSecondOf } from './calls-second.ts';
import { packReports } from './pack-reports.ts';
import type { Recorder } from './recorder.ts';
import { callsOf, resourceSecondOf, together } from './resource-second.ts';

const secondMs = 1000;
/** A timer that fires a little early has made its second full. */
const nearly = 0.95;
const mostSeconds = 60;
/** Resources of all seconds that wait to be told. */
const mostWaiting = 20_000;
const mostTurns = 1000;

/** Where reports go. */
export interface ReportLink {
  readonly isUp: boolean;
  send(report: Report): void;
}

export interface ReporterOptions {
  readonly guard: CallGuard;
  readonly shares: ClusterShares;
  readonly recorder: Recorder;
  readonly link: ReportLink;
  /** Called about once a second while calls come. */
  readonly looked: () => void;
  /** Told what a second came to, inside of this process; undefined while nobody there wants to know. */
  readonly heard?: () => ((second: CallsSecond) => void) | undefined;
}

interface Second {
  readonly endMs: number;
  readonly resources: readonly ResourceSecond[];
}

interface Turn extends Omit<Report['breakers'][number], 'agoMs'> {
  readonly atMs: number;
}

/**
 * Tells the server what calls came to, second by second, while calls come, and nothing otherwise: without calls there
 * is no timer. What can't be told is kept for a minute; then its number is missing.
 */
export class Reporter implements CallWatcher {
  readonly #options: ReporterOptions;
  #timer: Timer | undefined;
  #isClosed = false;
  #sequence = 0;
  #secondMs = 0;
  /** What belongs to the second that is under way. */
  #under = new Map<ResourceState, Tally>();
  /** The last full second. */
  #last: ReadonlyMap<ResourceState, Tally> = new Map();
  #seconds: Second[] = [];
  #turns: Turn[] = [];
  readonly #open = new Map<string, Report['open'][number]>();
  /** Since when a script is in trouble, by rule and state. */
  #troubledSince: ReadonlyMap<string, number> = new Map();
  /** What was said of breakers and scripts last; said again when it is something else. */
  #said = nothingSpecial;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  awake(): void {
    if (this.#timer || this.#isClosed) return;
    this.#secondMs = this.#now();
    // Leases may have run out while nothing came, and others have what they were of.
    this.#options.shares.look();
    outsideOfRequests(() => this.#arm());
  }

  breaker({ ruleId: rule, resource, type, from, to, reason, atMs }: BreakerEvent): void {
    const key = `${rule} ${type} ${resource}`;
    if (to === 'closed') this.#open.delete(key);
    else this.#open.set(key, { rule, resource, type, state: to });
    this.#turns.push({ rule, resource, type, from, to, reason, atMs });
    if (this.#turns.length > mostTurns) this.#turns.shift();
  }

  /** The server may have forgotten what it was told. */
  connected(): void {
    this.#said = nothingSpecial;
    this.#options.guard.stir();
  }

  /** The last full second of every resource that had calls in it. */
  get lastSecond(): ReadonlyMap<ResourceState, Tally> {
    return this.#timer ? this.#last : new Map();
  }

  /** Tells what there is. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#now();
    this.#gather();
    this.#closeSecond(now);
    this.#tell(now, []);
  }

  #arm(): void {
    const everyMs = this.#options.shares.isShared ? demandMs : secondMs;
    this.#timer = this.#options.guard.clock.after(everyMs, () => this.#tick());
  }

  #tick(): void {
    const { guard, shares, looked } = this.#options;
    const now = this.#now();
    const wishes = this.#gather();
    if (now - this.#secondMs >= secondMs * nearly) this.#closeSecond(now);
    shares.look();
    looked();
    const isQuiet = this.#under.size === 0 && this.#last.size === 0 && wishes.length === 0;
    this.#tell(now, wishes);
    if (isQuiet) {
      this.#timer = undefined;
      guard.isAsleep = true;
    } else this.#arm();
  }

  /** Takes what was counted since the last time; answers what of cluster limits is wanted. */
  #gather(): LeaseWish[] {
    const { guard, shares } = this.#options;
    const wishes: LeaseWish[] = [];
    for (const state of guard.core.resources()) {
      const { isIdle, active } = state.counters;
      // Calls that are under way go on using a limit of the cluster.
      if (isIdle && (active === 0 || !shares.isShared)) continue;
      const tally = isIdle ? undefined : state.counters.take();
      if (tally) {
        const before = this.#under.get(state);
        this.#under.set(state, before ? together(before, tally) : tally);
      }
      wishes.push(...shares.wishes(state, tally, () => guard.rulesAbout(state.name, state.type)));
    }
    return wishes;
  }

  #closeSecond(now: number): void {
    this.#last = this.#under;
    this.#under = new Map();
    this.#secondMs = now;
    let calls = 0;
    for (const tally of this.#last.values()) calls += callsOf(tally);
    this.#options.recorder.paced(calls);
    if (this.#last.size === 0) return;
    this.#options.heard?.()?.(callsSecondOf(this.#last));
    const resources = [...this.#last].map(([state, tally]) => resourceSecondOf(state, tally));
    this.#seconds.push({ endMs: now, resources });
    let waiting = this.#seconds.reduce((sum, second) => sum + second.resources.length, 0);
    while (this.#seconds.length > 1 && (this.#seconds.length > mostSeconds || waiting > mostWaiting)) {
      waiting -= this.#seconds.shift()!.resources.length;
      // Its number goes with it: what is missing shall be known to be missing.
      this.#sequence += 1;
    }
  }

  #tell(now: number, leases: readonly LeaseWish[]): void {
    const { link, guard, recorder } = this.#options;
    if (!link.isUp) return;
    const open = this.#openNow(now);
    const scripts = guard.scripts.troubles();
    const said = JSON.stringify([open, scripts]);
    const hasNews = said !== this.#said || this.#turns.length > 0 || leases.length > 0;
    const calls = recorder.take(now);
    if (!hasNews && this.#seconds.length === 0 && calls.length === 0) return;
    this.#said = said;
    const reports = packReports({
      seconds: this.#seconds.map(({ endMs, resources }) => ({ agoMs: Math.max(0, now - endMs), resources })),
      breakers: this.#turns.map(({ atMs, ...turn }) => ({ ...turn, agoMs: Math.max(0, now - atMs) })),
      open,
      calls,
      leases,
      scripts: this.#sinceWhen(scripts, now),
    });
    for (const report of reports)
      link.send({
        sequence: ++this.#sequence,
        ...report,
        ...(report.calls.length > 0 && { seed: guard.seed }),
      });
    this.#seconds = [];
    this.#turns = [];
  }

  #sinceWhen(scripts: readonly ScriptTrouble[], now: number): Report['scripts'] {
    const before = this.#troubledSince;
    const since = new Map(
      scripts.map(({ rule, state }) => {
        const key = `${state} ${rule}`;
        return [key, before.get(key) ?? now];
      }),
    );
    this.#troubledSince = since;
    return scripts.map((each) => ({ ...each, agoMs: now - since.get(`${each.state} ${each.rule}`)! }));
  }

  /** Breakers that aren't closed; time may have changed them since they last told of themselves. */
  #openNow(now: number): Report['open'] {
    if (this.#open.size === 0) return [];
    const places = new Set([...this.#open.values()].map(({ resource, type }) => `${type} ${resource}`));
    const open: Report['open'] = [];
    for (const state of this.#options.guard.core.resources()) {
      const { name: resource, type } = state;
      if (!places.has(`${type} ${resource}`)) continue;
      for (const { ruleId: rule, state: is } of state.breakers(now))
        if (is !== 'closed' && open.length < mostTurns) open.push({ rule, resource, type, state: is });
    }
    this.#open.clear();
    for (const each of open) this.#open.set(`${each.rule} ${each.type} ${each.resource}`, each);
    return open;
  }

  #now(): number {
    return this.#options.guard.clock.monotonic();
  }
}

const nothingSpecial = JSON.stringify([[], []]);
