import { EventEmitter } from 'node:events';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { FaultState, Report } from '@sluice/protocol/client';
import type { Logger } from 'pino';
import { LinkFrames } from '../delivery/link-frames.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { Doorbell } from '../feed/doorbell.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { Traffic } from '../traffic/traffic.ts';
import { ActiveDrill } from './active-drill.ts';
import type { DrillEntity, DrillTargetEntity } from './drill.entities.ts';
import { DrillStore } from './drill.store.ts';
import { DrillDriver } from './drill-driver.ts';
import { DrillLinks } from './drill-links.ts';
import { heardRecord, joined, left } from './drill-records.ts';
import { LateRecords } from './late-records.ts';

const tickMs = 500;
const beatMs = 1000;
/** A node that is alone and has no drill looks this seldom for one that another process began. */
const idleLookMs = 2500;

/**
 * The drills that run, on this node: those that it drives, and those of other nodes whose targets are connected here.
 * It renews their faults, keeps what their targets tell, and writes it down.
 */
@Injectable()
export class DrillRunner implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #store: DrillStore;
  readonly #driver: DrillDriver;
  readonly #links: DrillLinks;
  readonly #late: LateRecords;
  readonly #fleet: Fleet;
  readonly #node: NodeLease;
  readonly #doorbell: Doorbell;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #drills = new Map<string, ActiveDrill>();
  readonly #over = new Set<string>();
  readonly #events = new EventEmitter();
  #timers: NodeJS.Timeout[] = [];
  #ticking: Promise<void> = Promise.resolve();
  #isBusy = false;
  #lookedAtMono = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(DrillStore) store: DrillStore,
    @Inject(DrillDriver) driver: DrillDriver,
    @Inject(DrillLinks) links: DrillLinks,
    @Inject(LateRecords) late: LateRecords,
    @Inject(Fleet) fleet: Fleet,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Doorbell) doorbell: Doorbell,
    @Inject(LinkFrames) frames: LinkFrames,
    @Inject(Traffic) traffic: Traffic,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#store = store;
    this.#driver = driver;
    this.#links = links;
    this.#late = late;
    this.#fleet = fleet;
    this.#node = node;
    this.#doorbell = doorbell;
    this.#clock = clock;
    this.#logger = logger;
    frames.on('joined', (connection) => this.#joined(connection));
    frames.on('faultState', (connection, frame) => this.#heard(connection, frame));
    fleet.onGone(({ place, instanceId }) => {
      for (const drill of this.#of(place))
        this.#moved(drill, () => left(drill, instanceId, drill.nowMs(clock.monotonic())));
    });
    traffic.onReport((connection, report) => this.#reported(connection, report));
    doorbell.on('drills', () => this.#tick(true));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#look().catch((error: unknown) => this.#failed(error));
    this.#timers = [
      setInterval(() => this.#tick(false), tickMs),
      setInterval(() => this.#links.beat([...this.#drills.values()]), beatMs),
    ];
  }

  /** A server that is stopped ends its drills in order, while its links are still there. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#ticking;
    for (const drill of this.#drills.values())
      if (drill.row.nodeId === this.#node.id)
        await this.#driver
          .interrupt(drill, [...this.#drills.values()])
          .catch((error: unknown) => this.#failed(error));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#ticking;
  }

  /** Calls back when there is something new to say of a drill. */
  onMoved(listener: (drillId: string) => void): void {
    this.#events.on('moved', listener);
  }

  find(drillId: string): ActiveDrill | undefined {
    return this.#drills.get(drillId);
  }

  /** A drill was started here: its targets hear of it at once. */
  begin(row: DrillEntity, targets: readonly DrillTargetEntity[]): ActiveDrill {
    const drill = this.#add(row, targets);
    this.#driver.begun(drill);
    this.#links.changed([...this.#drills.values()], drill.place);
    this.#doorbell.ring('drills', row.id);
    this.#events.emit('moved', row.id);
    return drill;
  }

  /** A drill was ended, here or by a request here: its targets hear of it at once. */
  ended(row: DrillEntity): void {
    const drill = this.#drills.get(row.id);
    if (drill) {
      drill.row = row;
      drill.isEnding = true;
      this.#links.changed([...this.#drills.values()], drill.place);
    }
    this.#doorbell.ring('drills', row.id);
    this.#events.emit('moved', row.id);
  }

  /** Resolves when what this node knows of a drill is written. */
  async settle(drillId: string): Promise<void> {
    const drill = this.#drills.get(drillId);
    await this.#ticking;
    if (drill) await this.#store.write(drill, this.#node.id, this.#driver.part(drill));
  }

  #tick(isRung: boolean): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#ticking = this.#turn(isRung)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#isBusy = false;
      });
  }

  async #turn(isRung: boolean): Promise<void> {
    const mono = this.#clock.monotonic();
    const isIdle = this.#drills.size === 0 && this.#node.aliveNodes === 1;
    if (isRung || !isIdle || mono - this.#lookedAtMono >= idleLookMs) await this.#look();
    const all = [...this.#drills.values()];
    for (const drill of all) {
      if (drill.row.nodeId === this.#node.id) await this.#driver.drive(drill, all);
      else await this.#driver.follow(drill);
      this.#events.emit('moved', drill.row.id);
      if (['running', 'recovering'].includes(drill.row.state)) continue;
      this.#drills.delete(drill.row.id);
      this.#over.add(drill.row.id);
    }
  }

  /** What other nodes, or requests to them, have done. */
  async #look(): Promise<void> {
    this.#lookedAtMono = this.#clock.monotonic();
    const rows = await this.#store.open();
    const open = new Set(rows.map(({ id }) => id));
    for (const row of rows) {
      const drill = this.#drills.get(row.id);
      if (drill) this.#isNow(drill, row);
      else if (!this.#over.has(row.id)) await this.#meet(row);
    }
    for (const id of this.#over) if (!open.has(id)) this.#over.delete(id);
    for (const [id, drill] of this.#drills)
      if (!open.has(id) && drill.row.nodeId !== this.#node.id) {
        drill.isEnding = true;
        this.#links.changed([...this.#drills.values()], drill.place);
        await this.#store.write(drill, this.#node.id, undefined);
        this.#drills.delete(id);
        this.#events.emit('moved', id);
      }
    await this.#driver.adoptOrphans([...this.#drills.values()]);
  }

  #isNow(drill: ActiveDrill, row: DrillEntity): void {
    // It was read before this node ended it.
    if (row.state === 'running' && drill.isOver) return;
    if (row.nodeId !== this.#node.id && row.beat !== drill.row.beat)
      drill.aliveAtMono = this.#clock.monotonic();
    const hasEnded = row.state !== 'running' && drill.row.state === 'running';
    drill.row = row;
    if (hasEnded) this.#links.changed([...this.#drills.values()], drill.place);
  }

  /** One that another node drives, or did: nothing is renewed before its beat is seen to grow. */
  async #meet(row: DrillEntity): Promise<void> {
    const targets = await this.#store.targets(row.id);
    if (this.#drills.has(row.id)) return;
    const drill = this.#add(row, targets);
    this.#driver.met(drill);
    drill.aliveAtMono = Number.NEGATIVE_INFINITY;
    const now = drill.nowMs(this.#clock.monotonic());
    for (const connection of this.#fleet.of(drill.place)) joined(drill, connection, this.#node.id, now);
    this.#events.emit('moved', row.id);
  }

  #add(row: DrillEntity, targets: readonly DrillTargetEntity[]): ActiveDrill {
    const drill = new ActiveDrill(row, this.#clock.now(), this.#clock.monotonic());
    for (const target of targets) drill.targets.set(target.instanceId, target);
    this.#drills.set(row.id, drill);
    return drill;
  }

  #of(place: { environment: string; app: string }): ActiveDrill[] {
    if (this.#drills.size === 0) return [];
    return [...this.#drills.values()].filter(
      ({ row }) => row.environment === place.environment && row.app === place.app,
    );
  }

  #moved(drill: ActiveDrill, change: () => void): void {
    change();
    this.#events.emit('moved', drill.row.id);
  }

  #joined(connection: Connection): void {
    const drills = this.#of(connection.place);
    const mono = this.#clock.monotonic();
    for (const drill of drills)
      this.#moved(drill, () => joined(drill, connection, this.#node.id, drill.nowMs(mono)));
    if (drills.length > 0) this.#links.tell(connection, this.#drills.values(), false);
  }

  #heard(connection: Connection, frame: FaultState): void {
    const mono = this.#clock.monotonic();
    const drills = new Map(this.#of(connection.place).map((drill) => [drill.row.id, drill]));
    for (const record of frame.drills) {
      const drill = drills.get(record.drillId);
      if (drill)
        this.#moved(drill, () =>
          heardRecord(drill, connection.instanceId, frame.bootId, record, drill.nowMs(mono)),
        );
      else this.#late.heard(connection, frame.bootId, record);
      const isMeant = drill?.targets.has(connection.instanceId) === true && !drill.isOver;
      if (record.state === 'active' && !isMeant) this.#links.correct(connection, this.#drills.values());
    }
  }

  #reported(connection: Connection, report: Report): void {
    const { environment, app } = connection.place;
    for (const drill of this.#drills.values())
      if (drill.row.environment === environment && drill.apps.includes(app))
        this.#driver.reported(drill, connection, report);
  }

  #failed(error: unknown): void {
    this.#logger.warn({ err: error }, 'drills could not be looked after; it is tried again');
  }
}
