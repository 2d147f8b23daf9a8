import type { Rules } from '@sluice/core';
import {
  type ClientToServer,
  type Explained,
  explainCall,
  kill,
  leases,
  type Report,
} from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';
import type { Notices } from '../notices/notices.ts';
import type { CallsSecond } from '../report/calls-second.ts';
import { Recorder } from '../report/recorder.ts';
import { Reporter } from '../report/reporter.ts';
import { quantileMs } from '../report/resource-second.ts';
import type { Store } from '../snapshot/store.ts';
import { CallDoor } from './call-door.ts';
import { CallGuard } from './call-guard.ts';
import { ClusterShares } from './cluster-shares.ts';
import { FaultsInForce } from './faults/faults-in-force.ts';
import { type BreakerTurn, breakerTurnOf, type Guarding, guardingOf } from './guarding.ts';
import { KillSwitches } from './kill-switch.ts';
import { RulesInForce } from './rules-in-force.ts';
import type { RulingListener } from './ruling-listener.ts';
import type { MakeScriptRunners, ScriptStats } from './script-runners.ts';
import { processProbe, type SystemProbe, SystemSampler } from './system-sampler.ts';

/** The connection, as far as guarding needs one. */
export interface ProtectionLink {
  readonly isUp: boolean;
  /** Fresh per process start. */
  readonly bootId: string;
  send<E extends keyof ClientToServer>(event: E, ...frame: Parameters<ClientToServer[E]>): void;
  unreadable(frame: string, reason: string): void;
}

/** Frames of the server that are about calls. */
export const protectionFrames = ['kill', 'leases', 'explain', 'faults'] as const;
export type ProtectionFrame = (typeof protectionFrames)[number];

/** Whoever in this process is told of calls. */
export interface CallsListener extends RulingListener {
  second(second: CallsSecond): void;
  breaker(turn: BreakerTurn): void;
}

export interface ProtectionOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly context: boolean;
  readonly random: () => number;
  /** The value of `SLUICE_KILL`. */
  readonly killVariable?: string | undefined;
  /** The file whose presence throws the kill switch. */
  readonly killFile?: string | undefined;
  /** Whose kill switch is kept on disk. */
  readonly origin?: string;
  readonly probe?: () => SystemProbe;
  /** Runs the scripts of rules; without it their `onError` applies. */
  readonly scripts?: MakeScriptRunners | undefined;
}

/** Everything about calls in one client: the guard, what feeds it and what it tells. */
export class Protection {
  readonly guard: CallGuard;
  readonly door: CallDoor;
  readonly kill: KillSwitches;
  readonly faults: FaultsInForce;
  readonly #rules: RulesInForce;
  readonly #shares: ClusterShares;
  readonly #sampler: SystemSampler;
  readonly #reporter: Reporter;
  #link: ProtectionLink | undefined;
  #listener: CallsListener | undefined;

  constructor(options: ProtectionOptions) {
    const { store, clock, notices, context, random, probe = processProbe, scripts } = options;
    const recorder = new Recorder(random);
    this.guard = new CallGuard({
      clock,
      notices,
      context,
      recorder,
      overloaded: () => this.faults.overloaded(),
      loaded: (rules) => this.#follow(rules),
    });
    const { core } = this.guard;
    this.door = new CallDoor(this.guard);
    this.#rules = new RulesInForce(store, this.guard);
    this.#shares = new ClusterShares(core, clock);
    this.#sampler = new SystemSampler(clock, probe, (readings) => core.read(readings));
    this.faults = new FaultsInForce({
      clock,
      notices,
      core,
      held: this.guard.held,
      random,
      isKilled: () => this.kill.state.noFaults,
      isUp: () => this.#link?.isUp === true,
      send: (state) => {
        const link = this.#link;
        link?.send('faultState', { bootId: link.bootId, ...state });
      },
      looked: () => {
        this.guard.keepTime();
        void this.kill.look();
      },
    });
    this.kill = new KillSwitches({
      notices,
      variable: options.killVariable,
      file: options.killFile,
      origin: options.origin ?? '',
      turned: (state) => {
        core.setKillSwitch(state, clock.monotonic());
        if (state.noFaults) this.faults.killed();
      },
    });
    const link = { isUp: () => this.#link?.isUp === true };
    this.#reporter = new Reporter({
      guard: this.guard,
      shares: this.#shares,
      recorder,
      link: {
        get isUp() {
          return link.isUp();
        },
        send: (report: Report) => this.#link?.send('report', report),
      },
      looked: () => {
        this.guard.keepTime();
        void this.kill.look();
      },
      heard: () => this.#listener?.second,
    });
    this.guard.watcher = {
      awake: () => this.#reporter.awake(),
      breaker: (event) => {
        this.#reporter.breaker(event);
        this.#listener?.breaker(breakerTurnOf(event));
      },
    };
    if (scripts)
      this.guard.scripts = scripts({
        statsOf: (ruleId) => this.#statsOf(ruleId),
        ruleOf: (ruleId) => core.rule(ruleId),
        adjust: (ruleId, value) => this.#shares.adjust(ruleId, value),
        troubled: () => this.guard.stir(),
      });
  }

  /** To be called after each swap, in the same turn. */
  look(): void {
    this.#rules.look();
  }

  link(link: ProtectionLink): void {
    this.#link = link;
  }

  /** A connection is made; what was seen on the one before doesn't count. */
  connecting(): void {
    this.kill.connected();
    this.faults.connecting();
  }

  /** The connection stands. */
  connected(): void {
    this.#reporter.connected();
    this.faults.connected();
  }

  /** What the server says or asks. */
  frame(name: ProtectionFrame, raw: unknown): void {
    const link = this.#link;
    if (!link) return;
    if (name === 'faults') {
      const unreadable = this.faults.take(raw);
      if (unreadable !== undefined) link.unreadable(name, unreadable);
      return;
    }
    const shape = { kill, leases, explain: explainCall }[name];
    const parsed = shape.safeParse(raw);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      link.unreadable(name, issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : '');
      return;
    }
    const { data } = parsed;
    if ('askId' in data) link.send('explained', this.#explained(data.askId, data.decisionId));
    else if ('version' in data) link.send('killed', { version: this.kill.take(data) });
    else this.#shares.take(data);
  }

  /** From now on this is told of calls. */
  listen(listener: CallsListener | undefined): void {
    this.#listener = listener;
    this.guard.listener = listener;
  }

  /** How calls are guarded at this moment. */
  guarding(): Guarding {
    return guardingOf(this.guard, this.kill.state, this.faults.records());
  }

  close(): void {
    this.faults.close();
    this.#reporter.close();
    this.#sampler.stop();
    this.guard.scripts.close();
  }

  #follow(rules: Rules): void {
    this.#shares.follow(rules);
    this.#sampler.follow(rules);
    this.guard.stir();
  }

  #explained(askId: number, decisionId: string): Explained {
    const block = this.guard.explain(decisionId);
    if (!block) return { askId };
    // As JSON: what nobody knows, and times without end, are absent.
    const known = Object.entries(block).filter(([, v]) => v !== undefined && v !== Number.POSITIVE_INFINITY);
    return { askId, block: JSON.parse(JSON.stringify(Object.fromEntries(known))) };
  }

  #statsOf(ruleId: string): ScriptStats {
    let [calls, blocked, ended, errors, active] = [0, 0, 0, 0, 0];
    let [latencyMs, tailLatencyMs] = [0, 0];
    for (const [{ name, type }, tally] of this.#reporter.lastSecond) {
      if (!this.guard.rulesAbout(name, type).includes(ruleId)) continue;
      const refused = Object.values(tally.blocked).reduce((sum, each) => sum + each, 0);
      calls += tally.passed + refused;
      blocked += refused;
      ended += tally.success + tally.error;
      errors += tally.error;
      active += tally.active;
      latencyMs = Math.max(latencyMs, quantileMs(tally, 0.5));
      tailLatencyMs = Math.max(tailLatencyMs, quantileMs(tally, 0.99));
    }
    const errorRatio = ended > 0 ? errors / ended : 0;
    return {
      qps: calls,
      blockedQps: blocked,
      errorQps: errors,
      errorRatio,
      active,
      latencyMs,
      tailLatencyMs,
      revision: this.guard.core.revision,
    };
  }
}
