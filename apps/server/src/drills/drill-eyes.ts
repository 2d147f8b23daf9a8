import { Inject, Injectable } from '@nestjs/common';
import { breakerWords } from '@sluice/core';
import type { Report } from '@sluice/protocol/client';
import { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { Traffic } from '../traffic/traffic.ts';
import type { ActiveDrill } from './active-drill.ts';
import type { DrillPartEntity } from './drill.entities.ts';
import { DrillStore } from './drill.store.ts';
import type { PlacedCheck } from './measures.ts';
import { addSums, metricOf, type PartData, type Sums } from './part.ts';
import { windowOf } from './windows.ts';

const refreshMs = 1000;
/** What a node measured and has not renewed for so long is no longer how it is. */
const staleMs = 4000;

interface Others {
  refreshedAtMono: number;
  readonly parts: Map<string, { part: DrillPartEntity; grewAtMono: number }>;
}

/** What a drill's checks come to, over all nodes: this one's from memory, the others' from what they wrote. */
@Injectable()
export class DrillEyes {
  readonly #traffic: Traffic;
  readonly #store: DrillStore;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #others = new WeakMap<ActiveDrill, Others>();

  constructor(
    @Inject(Traffic) traffic: Traffic,
    @Inject(DrillStore) store: DrillStore,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
  ) {
    this.#traffic = traffic;
    this.#store = store;
    this.#node = node;
    this.#clock = clock;
  }

  /** Keeps what is in memory of the time before the start. */
  begun(drill: ActiveDrill): void {
    const { environment, startedAt } = drill.row;
    for (const app of drill.apps) {
      const traffic = this.#traffic.peek({ environment, app });
      if (traffic) drill.phases.before(traffic, drill.isMeant(app), startedAt!);
    }
  }

  reported(drill: ActiveDrill, { place: { app }, instanceId }: Connection, report: Report): void {
    const nowMs = drill.nowMs(this.#clock.monotonic());
    const { startedAt, endedAt } = drill.row;
    const isMeant = drill.isMeant(app);
    drill.phases.take(app, report, { nowMs, startedAt: startedAt!, endedAt }, isMeant);
    for (const { rule, resource, type, from, to, reason, agoMs } of report.breakers) {
      if (nowMs - agoMs < startedAt!) continue;
      // Whoever reads the drill may not read another app: of that, what checks look at.
      if (app !== drill.row.app && !isMeant(resource, type)) continue;
      const text = {
        en: `${rule} of ${resource} went from ${breakerWords[from].en} to ${breakerWords[to].en} on ${instanceId}`,
        zh: `${instanceId} 上 ${resource} 的 ${rule} 由${breakerWords[from].zh}变为${breakerWords[to].zh}`,
      };
      const turn = { app, rule, resource, type, from, to, reason };
      drill.log(nowMs - agoMs, { kind: 'breaker', instanceId, text, turn });
    }
  }

  /** What this node has to say to the driver, and to the report. */
  part(drill: ActiveDrill): { sequence: number; data: PartData } {
    drill.partSequence += 1;
    const windows = drill.checks.map((check) => this.#own(drill, check));
    return { sequence: drill.partSequence, data: { windows, phases: drill.phases.asData() } };
  }

  /** Reads what other nodes have measured, at most once a second. */
  async refresh(drill: ActiveDrill): Promise<void> {
    const mono = this.#clock.monotonic();
    const others = this.#others.get(drill) ?? { refreshedAtMono: 0, parts: new Map() };
    this.#others.set(drill, others);
    if (this.#node.aliveNodes === 1 || mono - others.refreshedAtMono < refreshMs) return;
    others.refreshedAtMono = mono;
    for (const part of await this.#store.parts(drill.row.id)) {
      if (part.nodeId === this.#node.id) continue;
      const known = others.parts.get(part.nodeId);
      const isSame = known?.part.sequence === part.sequence;
      others.parts.set(part.nodeId, { part, grewAtMono: isSame ? known.grewAtMono : mono });
    }
  }

  /** What a check's window holds now. */
  sumsOf(drill: ActiveDrill, placed: PlacedCheck): Sums {
    const mono = this.#clock.monotonic();
    const index = drill.checks.indexOf(placed);
    const elsewhere = [...(this.#others.get(drill)?.parts.values() ?? [])].flatMap(({ part, grewAtMono }) =>
      mono - grewAtMono < staleMs ? (part.data.windows[index] ?? []) : [],
    );
    return addSums([this.#own(drill, placed), ...elsewhere]);
  }

  /** What a check comes to now; undefined where nothing is known, or no call tells of it. */
  valueOf(drill: ActiveDrill, placed: PlacedCheck): number | undefined {
    return metricOf(placed.check.metric, this.sumsOf(drill, placed));
  }

  /** A guard looks back as far as it says; other checks not over the last border between two phases. */
  #own(drill: ActiveDrill, { of, check }: PlacedCheck): Sums {
    const { row, adoptedAt = Number.POSITIVE_INFINITY } = drill;
    const app = this.#traffic.peek({ environment: row.environment, app: check.app ?? row.app });
    const nowMs = this.#clock.now();
    // Calls are kept by the clock as it is set now.
    const setMs = nowMs - drill.nowMs(this.#clock.monotonic());
    const borderMs = Math.min(row.endedAt ?? row.startedAt!, adoptedAt);
    return windowOf(app, check, nowMs, of === 'guard' ? 0 : borderMs + setMs);
  }
}
