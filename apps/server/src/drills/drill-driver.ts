import { Inject, Injectable } from '@nestjs/common';
import type { ErrorText } from '@sluice/core';
import type { Report } from '@sluice/protocol/client';
import { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { KillSwitches } from '../guarding/kill-switches.ts';
import { theServer } from '../http/caller.ts';
import { type ActiveDrill, stateOf } from './active-drill.ts';
import { checkText, valueText } from './check-text.ts';
import type { DrillTargetEntity, Ending } from './drill.entities.ts';
import { DrillStore } from './drill.store.ts';
import { DrillEyes } from './drill-eyes.ts';
import { DrillLinks, leaseMs } from './drill-links.ts';
import { cleanBySilence, left } from './drill-records.ts';
import { holds, isMeasured, measuredAgain, measuredOnce, unmeasured } from './measures.ts';
import type { PartData } from './part.ts';
import { overText, verdictOf } from './verdict.ts';

const measureMs = 1000;
/** A guard of which nothing is heard for so long guards nothing. */
const blindMs = 10_000;
/** After its end a drill waits so long for the word of those that are connected. */
const longestProofMs = 15_000;
/** Somebody who is gone has nothing broken so long after the end: a lease, and the beat before it. */
const silenceMs = leaseMs + 2000;
/** Whoever lost its server comes back to another, and says itself how it ended; so long it is waited for. */
const returnMs = 12_000;

const texts = {
  stopped: { en: 'the server that drove it was stopped', zh: '驱动演练的服务器已停止' },
  died: {
    en: 'the server that drove it died; its faults ended by themselves',
    zh: '驱动演练的服务器已失联，故障已自行结束',
  },
  nobody: { en: 'no target is left in which anything is broken', zh: '已没有仍在注入故障的实例' },
} as const satisfies Record<string, ErrorText>;

/** Moves the drills on that this node drives: measures, aborts by their guards, ends them in time, sees them recover. */
@Injectable()
export class DrillDriver {
  readonly #store: DrillStore;
  readonly #links: DrillLinks;
  readonly #eyes: DrillEyes;
  readonly #fleet: Fleet;
  readonly #node: NodeLease;
  readonly #switches: KillSwitches;
  readonly #clock: Clock;

  constructor(
    @Inject(DrillStore) store: DrillStore,
    @Inject(DrillLinks) links: DrillLinks,
    @Inject(DrillEyes) eyes: DrillEyes,
    @Inject(Fleet) fleet: Fleet,
    @Inject(NodeLease) node: NodeLease,
    @Inject(KillSwitches) switches: KillSwitches,
    @Inject(Clock) clock: Clock,
  ) {
    this.#store = store;
    this.#links = links;
    this.#eyes = eyes;
    this.#fleet = fleet;
    this.#node = node;
    this.#switches = switches;
    this.#clock = clock;
  }

  /** One that another node drives, or did. */
  met(drill: ActiveDrill): void {
    this.#eyes.begun(drill);
  }

  begun(drill: ActiveDrill): void {
    this.#eyes.begun(drill);
    for (const phase of ['during', 'after'] as const)
      for (const placed of drill.checks)
        if (isMeasured(placed, phase, drill.row.definition)) drill.measures.push(unmeasured(placed, phase));
    const { size } = drill.targets;
    drill.log(drill.row.startedAt!, {
      kind: 'started',
      text: {
        en: `${drill.row.startedBy} started it in ${size} ${size === 1 ? 'instance' : 'instances'}`,
        zh: `${drill.row.startedBy} 在 ${size} 个实例上启动`,
      },
    });
  }

  reported(drill: ActiveDrill, connection: Connection, report: Report): void {
    this.#eyes.reported(drill, connection, report);
  }

  part(drill: ActiveDrill): { sequence: number; data: PartData } {
    return this.#eyes.part(drill);
  }

  /** A drill that another node drives: what this one measured is written for it. */
  async follow(drill: ActiveDrill): Promise<void> {
    if (this.#isTimeToMeasure(drill)) await this.#store.write(drill, this.#node.id, this.part(drill));
  }

  async drive(drill: ActiveDrill, all: readonly ActiveDrill[]): Promise<void> {
    await this.#eyes.refresh(drill);
    await this.#hearOthers(drill);
    const isTime = this.#isTimeToMeasure(drill);
    if (drill.row.state === 'running') {
      const ending = drill.ending ?? this.#reasonToEnd(drill);
      if (ending) return this.#end(drill, ending, all);
      if (isTime) this.#measure(drill, false);
    } else if (drill.row.state === 'recovering' && isTime) await this.#recover(drill);
    if (!isTime || !['running', 'recovering'].includes(drill.row.state)) return;
    if (await this.#store.beat(drill, this.#now(drill))) drill.aliveAtMono = this.#clock.monotonic();
    await this.#store.write(drill, this.#node.id, this.part(drill));
  }

  /** The server is being stopped. */
  async interrupt(drill: ActiveDrill, all: readonly ActiveDrill[]): Promise<void> {
    if (drill.row.state === 'running')
      await this.#end(drill, { outcome: 'interrupted', because: texts.stopped }, all);
    await this.#store.write(drill, this.#node.id, this.part(drill));
  }

  /** Drills whose node is gone are taken over, to see that all is clean. */
  async adoptOrphans(drills: readonly ActiveDrill[]): Promise<void> {
    const elsewhere = drills.filter(({ row }) => row.nodeId !== this.#node.id);
    if (elsewhere.length === 0) return;
    const dead = await this.#store.deadAmong(
      [...new Set(elsewhere.flatMap(({ row }) => row.nodeId ?? []))],
      this.#clock.now(),
    );
    for (const drill of elsewhere) {
      if (drill.row.nodeId === null || !dead.has(drill.row.nodeId)) continue;
      if (!(await this.#store.adopt(drill.row, this.#node.id, texts.died, theServer))) continue;
      const wasRunning = drill.row.state === 'running';
      drill.adoptedAt = this.#now(drill);
      drill.row = (await this.#store.find(drill.row.id)) ?? drill.row;
      drill.measures = drill.row.measures;
      if (wasRunning) this.#logEnd(drill);
    }
  }

  #now(drill: ActiveDrill): number {
    return drill.nowMs(this.#clock.monotonic());
  }

  #isTimeToMeasure(drill: ActiveDrill): boolean {
    const mono = this.#clock.monotonic();
    if (mono - drill.measuredAtMono < measureMs * 0.9) return false;
    drill.measuredAtMono = mono;
    return true;
  }

  /** Targets that are not connected here, as their node wrote them; those of a dead node are connected nowhere. */
  async #hearOthers(drill: ActiveDrill): Promise<void> {
    const isHere = ({ nodeId, connected }: DrillTargetEntity): boolean =>
      nodeId === this.#node.id && connected;
    const foreign = [...drill.targets.values()].filter((target) => !isHere(target));
    if (foreign.length === 0) return;
    const dead = await this.#store.deadAmong(
      [...new Set(foreign.flatMap(({ nodeId }) => nodeId ?? []))],
      this.#clock.now(),
    );
    for (const row of await this.#store.targets(drill.row.id)) {
      const known = drill.targets.get(row.instanceId);
      if (!known || isHere(known) || drill.unwritten.has(row.instanceId)) continue;
      drill.targets.set(row.instanceId, row);
      if (row.nodeId !== null && dead.has(row.nodeId)) left(drill, row.instanceId, this.#now(drill));
    }
  }

  #reasonToEnd(drill: ActiveDrill): Ending | undefined {
    const { environment, app } = drill.row;
    const thrown = this.#switches
      .of(environment)
      .find((row) => row.endFaults && (row.app === '' || row.app === app));
    if (thrown)
      return {
        outcome: 'interrupted',
        because: {
          en: `the kill switch was thrown by ${thrown.turnedBy}: ${thrown.reason}`,
          zh: `${thrown.turnedBy} 打开了紧急开关：${thrown.reason}`,
        },
      };
    const breach = this.#breach(drill);
    if (breach) return { outcome: 'aborted', because: breach };
    if (drill.isPastDeadline(this.#clock.monotonic())) return { outcome: null, because: null };
    const isNobody = [...drill.targets.values()].every((target) => stateOf(target) === 'clean');
    return isNobody ? { outcome: 'interrupted', because: texts.nobody } : undefined;
  }

  /** The first guard that doesn't hold, or of which nothing is heard any more. */
  #breach(drill: ActiveDrill): ErrorText | undefined {
    const mono = this.#clock.monotonic();
    for (const placed of drill.checks) {
      if (placed.of !== 'guard') continue;
      const { check, index } = placed;
      if (this.#eyes.sumsOf(drill, placed).known > 0) drill.heardAtMono.set(index, mono);
      const value = this.#eyes.valueOf(drill, placed);
      const text = checkText(check);
      if (value !== undefined && !holds(check, value)) {
        const is = valueText(check.metric, value);
        return {
          en: `a guard was breached: ${text.en}, it was ${is}`,
          zh: `护栏被突破：${text.zh}，实际为 ${is}`,
        };
      }
      const heard = drill.heardAtMono.get(index) ?? drill.begunAtMono;
      if (mono - heard > Math.max(blindMs, check.windowS * 1000))
        return { en: `nothing is heard of a guard: ${text.en}`, zh: `护栏没有数据：${text.zh}` };
    }
    return undefined;
  }

  #measure(drill: ActiveDrill, isOver: boolean): void {
    const now = this.#now(drill);
    const elapsedMs = (isOver ? (drill.row.endedAt ?? now) : now) - drill.row.startedAt!;
    drill.measures = drill.measures.map((measure) => {
      if (measure.phase !== 'during') return measure;
      const placed = drill.checks.find(({ of, index }) => of === measure.of && index === measure.index)!;
      const value = isOver ? undefined : this.#eyes.valueOf(drill, placed);
      return measuredAgain(measure, value, { now, elapsedMs, isOver });
    });
  }

  /** The instances hear of it first; what is written after is what they are doing. */
  async #end(drill: ActiveDrill, ending: Ending, all: readonly ActiveDrill[]): Promise<void> {
    const at = drill.endedAt ?? this.#now(drill);
    if (!drill.ending) this.#measure(drill, false);
    drill.ending = ending;
    drill.endedAt = at;
    drill.isEnding = true;
    this.#links.changed(all, drill.place);
    const isMine = await this.#store.end(drill.row, ending, theServer, at);
    drill.row = isMine
      ? { ...drill.row, state: 'recovering', ...ending, endedAt: at }
      : ((await this.#store.find(drill.row.id)) ?? drill.row);
    this.#logEnd(drill);
  }

  #logEnd(drill: ActiveDrill): void {
    const { endedAt, because } = drill.row;
    drill.isEndLogged = true;
    this.#measure(drill, true);
    const text = because ?? { en: 'its time was over', zh: '到达截止时间' };
    drill.log(endedAt!, { kind: 'ended', text });
  }

  async #recover(drill: ActiveDrill): Promise<void> {
    const mono = this.#clock.monotonic();
    const now = drill.nowMs(mono);
    const { definition, endedAt } = drill.row;
    if (!drill.isEndLogged) this.#logEnd(drill);
    // Whoever is here, but not known to be there, is as silent as one who is gone.
    for (const target of drill.targets.values())
      if (target.nodeId === this.#node.id && !this.#fleet.find(drill.place, target.instanceId))
        left(drill, target.instanceId, now);
    const isSteady = this.#lookForSteadyState(drill, now);
    drill.heldSinceMono = isSteady ? (drill.heldSinceMono ?? mono) : undefined;
    // What the node that died wrote may be of another clock.
    const sinceMs = now - (drill.adoptedAt ?? endedAt!);
    if (sinceMs >= (drill.adoptedAt === undefined ? silenceMs : returnMs))
      cleanBySilence(drill, endedAt! + silenceMs);
    const longestMs = Math.max(...definition.steadyState.map(({ windowS }) => windowS)) * 1000;
    const neededMs = Math.min(longestMs, definition.recoverWithinMs / 2);
    const hasRecovered = drill.heldSinceMono !== undefined && mono - drill.heldSinceMono >= neededMs;
    const isClean = [...drill.targets.values()].every(({ cleanBy }) => cleanBy !== null);
    if (!hasRecovered && sinceMs < definition.recoverWithinMs) return;
    if (!isClean && sinceMs < Math.max(longestProofMs, definition.recoverWithinMs)) return;
    await this.#finish(drill, hasRecovered ? Math.round(now - (mono - drill.heldSinceMono!)) : null, now);
  }

  #lookForSteadyState(drill: ActiveDrill, now: number): boolean {
    let isSteady = true;
    drill.measures = drill.measures.map((measure) => {
      if (measure.phase !== 'after') return measure;
      const placed = drill.checks.find(({ of, index }) => of === measure.of && index === measure.index)!;
      const again = measuredOnce(placed, 'after', this.#eyes.valueOf(drill, placed), now);
      if (again.held !== true) isSteady = false;
      return again;
    });
    return isSteady;
  }

  async #finish(drill: ActiveDrill, recoveredAt: number | null, at: number): Promise<void> {
    if (recoveredAt !== null)
      drill.log(recoveredAt, {
        kind: 'recovered',
        text: { en: 'the steady state is back', zh: '稳态已恢复' },
      });
    const { state, because } = verdictOf(drill, recoveredAt !== null);
    drill.log(at, { kind: 'finished', text: overText(state) });
    await this.#store.write(drill, this.#node.id, this.part(drill));
    if (await this.#store.finish(drill, { state, because, recoveredAt, at }, theServer))
      drill.row = { ...drill.row, state, because, recoveredAt, finishedAt: at };
  }
}
