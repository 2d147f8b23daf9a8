import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { consoleNamespace } from '@sluice/protocol/console';
import type { Logger } from 'pino';
import { In, IsNull, MoreThanOrEqual, Not } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { Sockets } from '../http/sockets.ts';
import { InstanceEntity, NodeEntity } from './fleet.entities.ts';
import { Fleet } from './fleet.ts';
import { NodeQuestionEntity } from './node-question.entity.ts';

const leaseMs = 10_000;
const renewMs = 3000;

/** This process among the nodes: a lease that it renews, and the reaping of nodes that stopped renewing theirs. */
@Injectable()
export class NodeLease implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly id = `${hostname().slice(0, 40)}-${process.pid}-${randomBytes(3).toString('hex')}`;
  readonly #database: Database;
  readonly #fleet: Fleet;
  readonly #sockets: Sockets;
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #startedAt = 0;
  /** Leases of other nodes, and since when each is as it is. */
  readonly #seen = new Map<string, { readonly leaseUntil: number; readonly sinceMono: number }>();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  /** Nodes alive at the last renewal, this one included. */
  aliveNodes = 1;
  /** The other nodes that were alive then. */
  others: readonly string[] = [];

  constructor(
    @Inject(Database) database: Database,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Sockets) sockets: Sockets,
    @Inject(ENV) env: Env,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#fleet = fleet;
    this.#sockets = sockets;
    this.#env = env;
    this.#clock = clock;
    this.#logger = logger;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#startedAt = this.#clock.now();
    await this.#renew();
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew().catch((error: unknown) =>
        this.#logger.warn(
          { err: error },
          'the lease of this node could not be renewed; its instances are served on',
        ),
      );
    }, renewMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    await this.#database
      .write(async (tx) => {
        await tx.update(InstanceEntity, { nodeId: this.id }, { online: false, nodeId: null });
        await tx.delete(NodeEntity, { id: this.id });
      })
      .catch((error: unknown) =>
        this.#logger.warn(
          { err: error },
          'the lease of this node could not be given back; it runs out by itself',
        ),
      );
  }

  /** Nodes that are alive now, this one included; another one may have started since the last renewal. */
  async countAlive(): Promise<number> {
    const others = { id: Not(this.id), leaseUntil: MoreThanOrEqual(this.#clock.now()) };
    const alive = await this.#database.read.find(NodeEntity, { where: others, select: { id: true } });
    this.others = alive.map(({ id }) => id);
    this.aliveNodes = 1 + alive.length;
    return this.aliveNodes;
  }

  /** One that wrote its lease on a clock that was ahead has long been gone when that lease is over. */
  #hasStopped({ id, leaseUntil }: NodeEntity): boolean {
    const mono = this.#clock.monotonic();
    const seen = this.#seen.get(id);
    if (seen?.leaseUntil === leaseUntil) return mono - seen.sinceMono > leaseMs;
    this.#seen.set(id, { leaseUntil, sinceMono: mono });
    return false;
  }

  async #renew(): Promise<void> {
    const now = this.#clock.now();
    await this.#database.write(async (tx) => {
      const row = {
        id: this.id,
        startedAt: this.#startedAt,
        leaseUntil: now + leaseMs,
        instances: this.#fleet.size,
        pages: this.#sockets.io.of(consoleNamespace).sockets.size,
        version: this.#env.version,
        memoryBytes: process.memoryUsage.rss(),
      };
      await tx.upsert(NodeEntity, row, ['id']);
      const known = await tx.find(NodeEntity, { where: { id: Not(this.id) } });
      const dead = known.filter((other) => other.leaseUntil < now || this.#hasStopped(other));
      if (dead.length > 0) {
        const ids = In(dead.map((node) => node.id));
        await tx.delete(NodeEntity, { id: ids });
        await tx.delete(NodeQuestionEntity, [{ askedBy: ids }, { nodeId: ids }]);
      }
      for (const { id } of dead) this.#seen.delete(id);
      const alive = await tx.find(NodeEntity);
      this.aliveNodes = alive.length;
      this.others = alive.map(({ id }) => id).filter((id) => id !== this.id);
      // Also those that a node left behind when it was killed and another one reaped its row.
      await tx.update(
        InstanceEntity,
        { nodeId: Not(In(alive.map((node) => node.id))) },
        { online: false, nodeId: null },
      );
      await tx.update(InstanceEntity, { nodeId: IsNull(), online: true }, { online: false });
    });
  }
}
