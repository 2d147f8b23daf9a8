import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type LimitRule, limitOf, type Rule, type Rules } from '@sluice/core';
import type { Leases, Report } from '@sluice/protocol/client';
import { LinkFrames } from '../delivery/link-frames.ts';
import { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { type Place, placeKey } from '../fleet/place.ts';
import type { NodeDemand } from './lease-demand.entity.ts';
import { LiveRules } from './live-rules.ts';
import { NodeDemands } from './node-demands.ts';
import { ReturningInstances } from './returning-instances.ts';
import { isWhole, leaseTtlMs, SharedLimit } from './shared-limit.ts';

const tickMs = 500;
/** A limit that nobody asked for so long is forgotten; instances fall back to their fair share of it. */
const forgottenMs = 60_000;
/** Limits times resources of one app. */
const maxLimits = 2000;

interface App {
  readonly place: Place;
  readonly limits: Map<string, SharedLimit>;
}

/**
 * Limits of the whole cluster: every half second each is divided among the instances by what they say came in. The
 * leased shares never come to more than the limit. No call waits for this: instances enforce the shares they have.
 */
@Injectable()
export class ClusterLimits implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #fleet: Fleet;
  readonly #rules: LiveRules;
  readonly #nodes: NodeDemands;
  readonly #returning: ReturningInstances;
  readonly #clock: Clock;
  readonly #apps = new Map<string, App>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Fleet) fleet: Fleet,
    @Inject(LinkFrames) frames: LinkFrames,
    @Inject(LiveRules) rules: LiveRules,
    @Inject(NodeDemands) nodes: NodeDemands,
    @Inject(ReturningInstances) returning: ReturningInstances,
    @Inject(Clock) clock: Clock,
  ) {
    this.#fleet = fleet;
    this.#rules = rules;
    this.#nodes = nodes;
    this.#returning = returning;
    this.#clock = clock;
    frames.on('report', (connection, frame) => this.#wished(connection, frame));
    fleet.onLeft((connection) => {
      for (const limit of this.#apps.get(placeKey(connection.place))?.limits.values() ?? [])
        limit.gone(connection);
    });
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Among how many a limit of the cluster is divided. */
  instancesOf(place: Place): number {
    return [...this.#fleet.of(place)].length + this.#nodes.instancesElsewhere(place);
  }

  #wished(connection: Connection, { leases }: Report): void {
    if (leases.length === 0) return;
    const key = placeKey(connection.place);
    const app = this.#apps.get(key) ?? { place: connection.place, limits: new Map<string, SharedLimit>() };
    this.#apps.set(key, app);
    const now = this.#clock.monotonic();
    for (const { rule, resource, type, calls, wanted, underWay = 0 } of leases) {
      const address = `${rule} ${type} ${resource}`;
      const known = app.limits.get(address);
      if (!known && app.limits.size >= maxLimits) continue;
      const limit = known ?? new SharedLimit(rule, resource, type, now);
      app.limits.set(address, limit);
      limit.wish(connection, calls, now, wanted === undefined ? undefined : { wanted, underWay });
    }
  }

  #tick(): void {
    const now = this.#clock.monotonic();
    for (const [key, app] of this.#apps) {
      this.#divide(app, now);
      if (app.limits.size === 0) this.#apps.delete(key);
    }
    void this.#nodes.exchange(this.#demands());
  }

  #divide({ place, limits }: App, now: number): void {
    const rules: Rules = this.#rules.peek(place)?.all ?? {};
    const everybody = [...this.#fleet.of(place)];
    const connected = everybody.length + this.#nodes.instancesElsewhere(place);
    const instances = connected + this.#returning.missing(place, connected);
    const told = new Map<Connection, Leases['leases']>();
    for (const [address, shared] of limits) {
      const ofAll = sharedIn(rules, shared.rule);
      // Of a rule that only a gray has its members alone have shares.
      const sharers = ofAll ? everybody : everybody.filter((each) => this.#ruleOf(each, shared.rule));
      const rule = ofAll ?? (sharers[0] && this.#ruleOf(sharers[0], shared.rule));
      if (rule === undefined || now - shared.usedAt > forgottenMs) {
        limits.delete(address);
        continue;
      }
      const whole = limitOf(rule);
      // Those who are still to come back use their fair share of it meanwhile.
      const part = connected / Math.max(1, instances);
      const limit = this.#nodes.partOf(place, address, whole, isWhole(rule)) * part;
      const fair = whole / Math.max(1, instances);
      const { resource, type } = shared;
      for (const grant of shared.divide(rule, { limit, fair, now }, sharers)) {
        const own = this.#ruleOf(grant.connection, shared.rule);
        if (own === undefined) continue;
        // Whose rule a gray has changed is given the same part of what his own says.
        const by = limitOf(own) / whole;
        const leases = told.get(grant.connection) ?? [];
        told.set(grant.connection, leases);
        leases.push({ rule: shared.rule, resource, type, limit: grant.limit * by, fair: grant.fair * by });
      }
    }
    for (const [connection, leases] of told)
      connection.wire.send('leases', { ttlMs: leaseTtlMs, leases } satisfies Leases);
  }

  /** The limit of the cluster that a rule is for one instance. */
  #ruleOf(connection: Connection, id: string): LimitRule | undefined {
    return sharedIn(this.#rules.peekFor(connection.place, connection), id);
  }

  #demands(): Map<Place, NodeDemand> {
    return new Map(
      [...this.#apps.values()].map(({ place, limits }) => [
        place,
        {
          instances: [...this.#fleet.of(place)].length,
          rates: Object.fromEntries([...limits].map(([address, { rate }]) => [address, rate])),
        },
      ]),
    );
  }
}

function sharedIn(rules: Rules, id: string): LimitRule | undefined {
  const rule: Rule | undefined = Object.hasOwn(rules, id) ? rules[id] : undefined;
  return rule?.kind === 'limit' && rule.scope === 'cluster' && rule.mode !== 'off' ? rule : undefined;
}
