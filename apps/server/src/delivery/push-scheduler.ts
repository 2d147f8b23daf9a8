import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { In, IsNull, LessThanOrEqual } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { Fleet } from '../fleet/fleet.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import type { Place } from '../fleet/place.ts';
import { Targets } from '../fleet/targets.ts';
import { PushAnswer, type StepFacts } from '../pushes/push-answer.read.ts';
import { CohortEntity } from '../pushes/push-parts.entity.ts';
import { PushTransitions } from '../pushes/push-transitions.ts';
import { StepHealth } from '../pushes/step-health.ts';
import { LayerEntity } from '../releases/layer.entity.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { LayerEnds } from './layer-ends.ts';
import { PushTargetStore } from './push-target.store.ts';
import { PushTracker } from './push-tracker.ts';
import { Repush } from './repush.ts';

const tickMs = 1000;
/** After a start, members of cohorts that have not come back yet are not gone. */
const graceMs = 60_000;
/** As long as a push is in one of these, somebody looks after its cohort. */
const cohortStates = ['running', 'paused', 'halted', 'verifying', 'converged', 'diverged'] as const;

/**
 * What happens to pushes by itself at its time: steps whose gate is open, ends, members of cohorts that are gone. Every
 * node looks; each transition looks again under its lock, so that two nodes do together what one does.
 */
@Injectable()
export class PushScheduler implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #transitions: PushTransitions;
  readonly #tracker: PushTracker;
  readonly #store: PushTargetStore;
  readonly #answer: PushAnswer;
  readonly #instances: InstancesRead;
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #ends: LayerEnds;
  readonly #repush: Repush;
  readonly #health: StepHealth;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    @Inject(Database) database: Database,
    @Inject(PushTransitions) transitions: PushTransitions,
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(PushTargetStore) store: PushTargetStore,
    @Inject(PushAnswer) answer: PushAnswer,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(LayerEnds) ends: LayerEnds,
    @Inject(Repush) repush: Repush,
    @Inject(StepHealth) health: StepHealth,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#transitions = transitions;
    this.#tracker = tracker;
    this.#store = store;
    this.#answer = answer;
    this.#instances = instances;
    this.#fleet = fleet;
    this.#targets = targets;
    this.#ends = ends;
    this.#repush = repush;
    this.#health = health;
    this.#node = node;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#startedAt = this.#clock.now();
    this.#timer = setInterval(() => void this.look(), tickMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Looks once, now. Never rejects. */
  look(): Promise<void> {
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** One that fails keeps none of the others from its time. */
  async #look(): Promise<void> {
    await this.#tried(() => this.#ends.look());
    this.#targets.endLayers();
    for (const look of [() => this.#expire(), () => this.#proceed(), () => this.#keepCohorts()])
      await this.#tried(look);
  }

  async #tried(look: () => Promise<unknown>, pushId?: string): Promise<void> {
    await look().catch((error: unknown) =>
      this.#logger.warn(
        { err: error, ...(pushId !== undefined && { push: pushId }) },
        'pushes could not be looked after; it is tried again in a second',
      ),
    );
  }

  /** Instances end a layer by themselves; here its push ends too. */
  async #expire(): Promise<void> {
    const over = await this.#database.read.find(LayerEntity, {
      where: { endedRevision: IsNull(), expiresAt: LessThanOrEqual(this.#clock.now()) },
      select: { rowId: true, pushId: true },
    });
    for (const pushId of new Set(over.map((layer) => layer.pushId)))
      await this.#tried(() => this.#transitions.expired(pushId), pushId);
  }

  async #proceed(): Promise<void> {
    const rows = await this.#database.read.find(PushEntity, {
      where: { state: In(['running', 'verifying']) },
    });
    for (const row of rows) {
      const open = this.#tracker.find(row.id);
      if (row.state === 'verifying') {
        // It was settled before: somebody has it sent again.
        if (open?.settled && open.revision === row.revision) this.#repush.begin(open);
      } else if (row.mode === 'gray' && open?.isLaid && open.revision === row.revision)
        await this.#tried(async () => this.#transitions.advanceIfDue(row.id, await this.#facts(row)), row.id);
    }
  }

  async #facts(row: PushEntity): Promise<StepFacts> {
    const open = this.#tracker.find(row.id)!;
    const health = this.#health.facts(row, this.#clock.now());
    if ((await this.#node.countAlive()) > 1) {
      await this.#store.write([open]);
      return { ...(await this.#answer.facts(row.id)), ...health };
    }
    let reachable = 0;
    let applied = 0;
    for (const { instanceId, state } of open.targets.values()) {
      if (!this.#fleet.find(open.place, instanceId)) continue;
      reachable++;
      if (state === 'applied' || state === 'repaired') applied++;
    }
    return { reachable, applied, ...health };
  }

  async #keepCohorts(): Promise<void> {
    if (this.#clock.now() - this.#startedAt < graceMs) return;
    const rows = await this.#database.read
      .createQueryBuilder(CohortEntity, 'c')
      .innerJoinAndMapOne('c.push', PushEntity, 'p', 'p.id = c.pushId')
      .where('p.state IN (:...states)', { states: cohortStates })
      .getMany();
    for (const { pushId, data, push } of rows as (CohortEntity & { push: PushEntity })[]) {
      const place = { environment: push.environment, app: push.app };
      await this.#tried(() => this.#keepCohort(pushId, data, place), pushId);
    }
  }

  async #keepCohort(pushId: string, cohort: CohortEntity['data'], place: Place): Promise<void> {
    const live = (await this.#instances.of(place)).filter(({ online }) => online);
    const liveIds = new Set(live.map((instance) => instance.instanceId));
    const isWhole =
      cohort.members.length === cohort.wanted &&
      cohort.members.every(({ instanceId, goneSince }) => goneSince === undefined && liveIds.has(instanceId));
    if (!isWhole) await this.#transitions.keepCohort(pushId, liveIds);
  }
}
