import type { DrillOrder, DrillRecord, FaultEnd, Faults } from '@sluice/protocol/client';
import { LeanClient, type LeanOptions } from './lean-client.ts';

interface Held {
  readonly order: DrillOrder;
  readonly since: number;
  endedAt?: number;
  record: DrillRecord;
}

const resource = { resource: 'pay', type: 'rpc' as const };
const nothing = { passed: 0, wouldBlock: 0, success: 0, errors: 0, degraded: 0, injected: 0, active: 0 };

/** What calls of `pay` came to in a second of one instance. */
export interface Second {
  readonly success?: number;
  readonly errors?: number;
  readonly blocked?: number;
  /** `[bucket, calls]`. */
  readonly latency?: readonly [number, number][];
  readonly openBreaker?: boolean;
}

/**
 * An instance without an application that obeys drills as a real one does: the newest state counts, a lease that isn't
 * renewed ends everything, an ended drill never begins again. It breaks no calls; it is told what it came to.
 */
export class DrillInstance {
  link: LeanClient;
  readonly frames: Faults[] = [];
  readonly #held = new Map<string, Held>();
  readonly #token: string;
  readonly #options: LeanOptions;
  #version = 0;
  #lease: NodeJS.Timeout | undefined;
  /** Says nothing of drills: an instance that is too old for them. */
  mute = false;

  constructor(url: string, token: string, instanceId: string, bootId?: string) {
    this.#token = token;
    this.#options = { ...(bootId !== undefined && { bootId }), labels: { zone: 'near' } };
    this.link = this.#linkTo(url, instanceId);
  }

  #linkTo(url: string, instanceId: string): LeanClient {
    const link = new LeanClient(url, this.#token, instanceId, this.#options);
    link.on('faults', (frame: Faults) => this.#take(frame));
    return link;
  }

  async connect(): Promise<this> {
    await this.link.connect();
    return this;
  }

  /** The same process, connected to another server. */
  async moveTo(url: string): Promise<void> {
    this.link.close();
    // Another server counts anew.
    this.#version = 0;
    this.link = this.#linkTo(url, this.link.instanceId);
    await this.link.connect();
    this.tell();
  }

  close(): void {
    clearTimeout(this.#lease);
    this.link.close();
  }

  /** The ids of the drills that are active in it. */
  get active(): string[] {
    return [...this.#held.values()]
      .filter(({ record }) => record.state === 'active')
      .map(({ order }) => order.drillId);
  }

  record(drillId: string): DrillRecord | undefined {
    return this.#held.get(drillId)?.record;
  }

  order(drillId: string): DrillOrder | undefined {
    return this.#held.get(drillId)?.order;
  }

  /** So many calls came; so many of them were broken, in the first fault of the drill. Tells it. */
  broke(
    drillId: string,
    eligible: number,
    injected: number,
    callers: Partial<DrillRecord['callers']> = {},
  ): void {
    const held = this.#held.get(drillId)!;
    const [first, ...others] = held.record.faults;
    held.record = {
      ...held.record,
      faults: [
        { ...first!, eligible: first!.eligible + eligible, injected: first!.injected + injected },
        ...others,
      ],
      callers: Object.fromEntries(
        Object.entries(held.record.callers).map(([key, count]) => [
          key,
          count + (callers[key as keyof typeof callers] ?? 0),
        ]),
      ) as DrillRecord['callers'],
    };
    this.tell();
  }

  tell(): void {
    if (this.mute) return;
    const drills = [...this.#held.values()].map(({ record, since, endedAt }) => ({
      ...record,
      activeMs: (endedAt ?? Date.now()) - since,
      ...(endedAt !== undefined && { endedAgoMs: Date.now() - endedAt }),
    }));
    this.link.tellFaults({ version: this.#version, drills });
  }

  /** Reports one second of calls of `pay`. */
  calls({ success = 0, errors = 0, blocked = 0, latency, openBreaker = false }: Second): void {
    const breaker = { rule: 'guard/pay', ...resource };
    this.link.report({
      seconds: [
        {
          agoMs: 0,
          resources: [
            {
              ...resource,
              ...nothing,
              passed: success + errors,
              success,
              errors,
              blocked: blocked > 0 ? { breakerOpen: blocked } : {},
              latency: latency ? [...latency] : [[40, success + errors]],
              rules: [],
            },
          ],
        },
      ],
      open: openBreaker ? [{ ...breaker, state: 'open' }] : [],
    });
  }

  breakerTurns(from: 'closed' | 'open', to: 'closed' | 'open'): void {
    const turn = { rule: 'guard/pay', ...resource, from, to, reason: 'threshold', agoMs: 0 };
    this.link.report({
      breakers: [turn],
      open: to === 'open' ? [{ rule: 'guard/pay', ...resource, state: 'open' }] : [],
    });
  }

  #take(frame: Faults): void {
    this.frames.push(frame);
    if (frame.version < this.#version) return;
    this.#version = frame.version;
    clearTimeout(this.#lease);
    this.#lease = setTimeout(() => this.#end(() => true, 'silence'), frame.leaseMs);
    this.#lease.unref();
    if (!frame.drills) return;
    const meant = new Map(frame.drills.map((order) => [order.drillId, order]));
    this.#end((drillId) => !meant.has(drillId), 'ended');
    for (const order of meant.values()) if (!this.#held.has(order.drillId)) this.#begin(order);
  }

  #begin(order: DrillOrder): void {
    const none = { eligible: 0, injected: 0, overBudget: 0, notInjectable: 0, held: 0, released: 0 };
    const record: DrillRecord = {
      drillId: order.drillId,
      state: 'active',
      activeMs: 0,
      seed: 1,
      faults: Object.keys(order.faults).map((fault) => ({ fault, ...none })),
      callers: { ok: 0, error: 0, degraded: 0, blocked: 0, abandoned: 0 },
    };
    this.#held.set(order.drillId, { order, since: Date.now(), record });
    this.tell();
  }

  #end(isMeant: (drillId: string) => boolean, endedBecause: FaultEnd): void {
    let isNew = false;
    for (const [drillId, held] of this.#held) {
      if (held.record.state !== 'active' || !isMeant(drillId)) continue;
      isNew = true;
      held.endedAt = Date.now();
      held.record = { ...held.record, state: 'ended', endedBecause };
    }
    if (isNew) this.tell();
  }
}
