import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Report } from '@sluice/protocol/client';
import type { Logger } from 'pino';
import { In } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import type { Connection } from '../fleet/connection.ts';
import { placeKey } from '../fleet/place.ts';
import { PushNews } from '../pushes/push-news.ts';
import { type HealthNow, StepHealth } from '../pushes/step-health.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { Traffic } from '../traffic/traffic.ts';
import { fleetBefore } from './fleet-before.ts';
import { GraySides } from './gray-sides.ts';
import { windowMs } from './gray-windows.ts';
import { GuardrailHalt } from './guardrail-halt.ts';
import { GuardrailParts } from './guardrail-parts.ts';
import { joinedScopes, withReference } from './joined-scopes.ts';
import { JudgementStore } from './judgement.store.ts';
import { type GrayRow, guardrailOfRow, momentOf, WatchedGray } from './watched-gray.ts';

const tickMs = 500;
const followMs = 1000;
/** Instances report each second; so long after its end a window has all of it. */
const settleMs = 1500;
/** So long after its end nobody waits for other nodes any more. */
const patienceMs = 4000;
const columns = {
  id: true,
  environment: true,
  app: true,
  target: true,
  course: true,
  stateData: true,
  ended: true,
} as const;
/** In these the layers of a gray stand, and what they do is judged. */
const standing = ['running', 'paused', 'verifying', 'converged', 'diverged'] as const;

/**
 * Watches every gray whose layers stand: adds up the calls of its cohort and of the rest in windows of 5 s, judges
 * them, and has a breached one halted. Every node watches with what all nodes know; the halt is a transition under the
 * row's lock, so that two that judge alike halt once.
 */
@Injectable()
export class Guardrails implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #traffic: Traffic;
  readonly #sides: GraySides;
  readonly #parts: GuardrailParts;
  readonly #store: JudgementStore;
  readonly #halt: GuardrailHalt;
  readonly #news: PushNews;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #watched = new Map<string, WatchedGray>();
  #followedAt = 0;
  #lookedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Traffic) traffic: Traffic,
    @Inject(GraySides) sides: GraySides,
    @Inject(GuardrailParts) parts: GuardrailParts,
    @Inject(JudgementStore) store: JudgementStore,
    @Inject(GuardrailHalt) halt: GuardrailHalt,
    @Inject(PushNews) news: PushNews,
    @Inject(StepHealth) health: StepHealth,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#traffic = traffic;
    this.#sides = sides;
    this.#parts = parts;
    this.#store = store;
    this.#halt = halt;
    this.#news = news;
    this.#clock = clock;
    this.#logger = logger;
    health.judgedBy((push) => this.healthOf(push));
    traffic.onReport((connection, report) => this.#take(connection, report));
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.look(), tickMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** How a gray does; undefined for whatever nobody judges. */
  healthOf(row: GrayRow): HealthNow | undefined {
    const { state } = row.stateData;
    if (!guardrailOfRow(row) || !standing.some((each) => each === state)) return undefined;
    const watched = this.watched(row);
    return watched?.healthAt(this.#clock.now()) ?? WatchedGray.begun(momentOf(row.stateData));
  }

  /** A gray as this node watches it in the step in which it is. */
  watched(row: GrayRow): WatchedGray | undefined {
    const watched = this.#watched.get(row.id);
    return watched?.isIn(row) ? watched : undefined;
  }

  /** Looks once, now. Never rejects. */
  look(): Promise<void> {
    this.#running ??= this.#look()
      .catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'grays could not be watched; it is tried again at once'),
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #look(): Promise<void> {
    const now = this.#clock.now();
    // The windows to come lie as far ahead as the clock was set back: until then nobody would watch.
    if (now < this.#lookedAt - windowMs) this.#watched.clear();
    this.#lookedAt = now;
    if (Math.abs(now - this.#followedAt) >= followMs) {
      await this.#follow(now);
      this.#followedAt = now;
    }
    for (const watched of this.#watched.values())
      await this.#judge(watched).catch((error: unknown) =>
        this.#logger.warn(
          { err: error, push: watched.row.id },
          'a gray could not be judged; it is tried again',
        ),
      );
  }

  /** Which grays there are, and where they are by now. */
  async #follow(now: number): Promise<void> {
    const rows: GrayRow[] = await this.#database.read.find(PushEntity, {
      where: { mode: 'gray', state: In([...standing, 'halted']) },
      select: columns,
    });
    const ids = new Set<string>();
    for (const row of rows) {
      const guardrail = guardrailOfRow(row);
      if (!guardrail) continue;
      if (row.stateData.state === 'halted') {
        await this.#halt.finish(row, guardrail);
        continue;
      }
      ids.add(row.id);
      const known = this.#watched.get(row.id);
      const watched = known ?? new WatchedGray(row, guardrail, now);
      this.#watched.set(row.id, watched);
      if (!known || known.follow(row)) await this.#begin(watched);
    }
    const over = [...this.#watched.keys()].filter((id) => !ids.has(id));
    for (const id of over) {
      this.#watched.delete(id);
      this.#store.forget(id);
    }
    await this.#parts.end(over);
  }

  async #begin({ row, place, step, guardrail, windows }: WatchedGray): Promise<void> {
    const beganMs = momentOf(row.stateData);
    // Whoever takes a step up later has what it was before only from those who were there.
    const isFirst = windows.fromMs === beganMs;
    const before = isFirst ? fleetBefore(this.#traffic.peek(place), beganMs, guardrail.resources) : [];
    await this.#parts.begin(row.id, step, before);
  }

  async #judge(watched: WatchedGray): Promise<void> {
    const now = this.#clock.now();
    watched.skipTo(now);
    while (now >= watched.nextMs + settleMs) {
      const { row, place, step, nextMs } = watched;
      const own = watched.windows.window(nextMs, this.#sides.count(row.id, place));
      if (!this.#parts.isAlone) await this.#parts.add(row.id, nextMs, own);
      const { parts, isWhole } = await this.#parts.others(row.id, step, nextMs);
      if (!isWhole && now < nextMs + patienceMs) return;
      const scopes = joinedScopes([own, ...parts]);
      const isAlone = scopes.every(({ rest }) => rest.instances === 0);
      const reference = isAlone ? joinedScopes(await this.#parts.reference(row.id, step)) : [];
      const isNews = watched.judge(isAlone ? withReference(scopes, reference) : scopes, isWhole);
      const { judgement, turn, untilMs } = watched.judged!;
      await this.#store.keep(row.id, untilMs, judgement, isNews);
      if (isNews) this.#news.moved(row.id);
      if (turn.health === 'breached') await this.#halt.breached(row, watched.guardrail, judgement.why!);
    }
  }

  #take(connection: Connection, report: Report): void {
    if (this.#watched.size === 0) return;
    const key = placeKey(connection.place);
    const now = this.#clock.now();
    for (const { place, row, windows } of this.#watched.values()) {
      if (placeKey(place) !== key) continue;
      const side = this.#sides.of(row.id, connection.instanceId);
      if (side) windows.take(side, report, now);
    }
  }
}
