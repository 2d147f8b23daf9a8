import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { MoreThan } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { type Place, placeKey } from '../fleet/place.ts';
import { callShares, fairShares } from './fair-shares.ts';
import { LeaseDemandEntity, type NodeDemand } from './lease-demand.entity.ts';

/** Nodes tell each other this often; what one said longer ago counts no more. */
const everyMs = 1000;
const keptMs = 5000;
/** So long after its first row a node doesn't know yet who else has something to say. */
const newMs = 3000;

const demandTable = {
  table: 'lease_demand',
  key: ['environment', 'app', 'node_id'],
  columns: ['environment', 'app', 'node_id', 'demand', 'at'],
  onConflict: 'replace',
} as const;

/**
 * Divides limits of the whole cluster among nodes, by what each has written that its instances want. Every node reads
 * the same rows, its own included, and divides them alike, so that the parts come to the limit.
 */
@Injectable()
export class NodeDemands {
  readonly #database: Database;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #rows = new Map<string, LeaseDemandEntity[]>();
  readonly #since = new Map<string, number>();
  #exchangedAt = Number.NEGATIVE_INFINITY;
  #exchanging = false;

  constructor(
    @Inject(Database) database: Database,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#node = node;
    this.#clock = clock;
    this.#logger = logger;
  }

  get isAlone(): boolean {
    return this.#node.aliveNodes <= 1;
  }

  /**
   * This node's part of a limit, in whole calls as far as they go where it counts these. Until the nodes have heard of
   * each other, an even one.
   */
  partOf(place: Place, address: string, limit: number, countsCalls: boolean): number {
    if (this.isAlone) return limit;
    const rows = this.#rows.get(placeKey(place)) ?? [];
    const index = rows.findIndex(({ nodeId }) => nodeId === this.#node.id);
    const since = this.#since.get(placeKey(place)) ?? Number.POSITIVE_INFINITY;
    if (index < 0 || this.#clock.monotonic() - since < newMs) return limit / this.#node.aliveNodes;
    const rates = rows.map(({ demand }) => demand.rates[address] ?? 0);
    const total = Math.max(
      1,
      rates.reduce((sum, rate) => sum + rate, 0),
    );
    const parts = fairShares(total, rates).map((part) => (part * limit) / total);
    return (countsCalls ? callShares(limit, parts, rates) : parts)[index]!;
  }

  /** Instances of an app that other nodes have. */
  instancesElsewhere(place: Place): number {
    if (this.isAlone) return 0;
    return (this.#rows.get(placeKey(place)) ?? [])
      .filter(({ nodeId }) => nodeId !== this.#node.id)
      .reduce((sum, { demand }) => sum + demand.instances, 0);
  }

  /** Writes what this node's instances want and reads what those of the others do, at most once a second. */
  async exchange(own: ReadonlyMap<Place, NodeDemand>): Promise<void> {
    const at = this.#clock.now();
    const nowMs = this.#clock.monotonic();
    if (this.isAlone || this.#exchanging || nowMs - this.#exchangedAt < everyMs) return;
    this.#exchanging = true;
    this.#exchangedAt = nowMs;
    try {
      const said = [...own].map(([{ environment, app }, demand]) => [
        environment,
        app,
        this.#node.id,
        JSON.stringify(demand),
        at,
      ]);
      if (said.length > 0)
        await this.#database.write((tx) =>
          bulkUpsert(tx, this.#database.dialect, { ...demandTable, rows: said }),
        );
      const rows = await this.#database.read.find(LeaseDemandEntity, {
        where: { at: MoreThan(at - keptMs) },
        order: { nodeId: 'ASC' },
      });
      this.#rows = Map.groupBy(rows, placeKey);
      const here = new Set([...own.keys()].map(placeKey));
      for (const key of here) if (!this.#since.has(key)) this.#since.set(key, nowMs);
      for (const key of this.#since.keys()) if (!here.has(key)) this.#since.delete(key);
    } catch (error) {
      this.#logger.debug({ err: error }, 'demand of other nodes is not known; the parts stay as they were');
    } finally {
      this.#exchanging = false;
    }
  }
}
