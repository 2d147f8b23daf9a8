import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, KillSwitchState, ResponseOf } from '@sluice/protocol';
import { Between, In, IsNull } from 'typeorm';
import { AuditEntity } from '../audit/audit.entity.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { Clock } from '../env/clock.ts';
import { type Caller, may, requireIn } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { Markers, mostTold, type PlacedMarker, type Places } from '../traffic/markers.ts';
import { KillSwitchEntity } from './kill-switch.entity.ts';
import { KillSwitches } from './kill-switches.ts';

const action = 'kill.turn';

/** Turns the kill switch: stored and audited in one transaction, then told to everybody it is for. */
@Injectable()
export class KillService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #catalog: CatalogRead;
  readonly #switches: KillSwitches;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(KillSwitches) switches: KillSwitches,
    @Inject(Markers) markers: Markers,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#switches = switches;
    this.#clock = clock;
    markers.addSource((places, fromMs, toMs) => this.#markers(places, fromMs, toMs));
  }

  /** The environment's own switch, and those of the apps that the caller may see. */
  async get({ params, caller }: Input<Contracts['getKill']>): Promise<ResponseOf<Contracts['getKill']>> {
    await this.#catalog.requireEnvironment(params.env);
    const rows = this.#switches
      .of(params.env)
      .filter(({ app }) => app === '' || may(caller, 'config:read', { environment: params.env, app }));
    return {
      items: await Promise.all(rows.map((row) => this.#stateFor(caller, row))),
      at: new Date(this.#clock.now()).toISOString(),
    };
  }

  async set({ params, body, caller }: Input<Contracts['setKill']>): Promise<KillSwitchState> {
    const { app = '', reason } = body;
    requireIn(caller, 'kill:use', params.env, app);
    if (app === '') await this.#catalog.requireEnvironment(params.env);
    else await this.#catalog.requireApp(params.env, app);
    const row = await this.#database.write(async (tx) => {
      // Whoever turns a switch of this environment at the same time waits here.
      await tx.query(placed(tx, 'UPDATE environment SET revision = revision WHERE name = ?'), [params.env]);
      const before = await tx.findOneBy(KillSwitchEntity, { environment: params.env, app });
      const versions = await tx.findBy(KillSwitchEntity, { environment: params.env });
      const at = this.#clock.now();
      const turned: KillSwitchEntity = {
        environment: params.env,
        app,
        // It grows also when a database was restored to what it was before.
        version: Math.max(at, ...versions.map(({ version }) => version + 1)),
        freezePublishes: body.freezePublishes ?? before?.freezePublishes ?? false,
        monitorOnly: body.monitorOnly ?? before?.monitorOnly ?? false,
        endFaults: body.endFaults ?? before?.endFaults ?? false,
        reason,
        turnedBy: caller.principal.name,
        turnedAt: at,
      };
      await tx.upsert(KillSwitchEntity, turned, ['environment', 'app']);
      await this.#audit.append(tx, caller, {
        action,
        environment: params.env,
        ...(app !== '' && { app }),
        target: app === '' ? params.env : app,
        detail: { before: before ? togglesOf(before) : null, after: togglesOf(turned), reason },
      });
      return turned;
    });
    this.#switches.turned(row);
    return this.#stateFor(caller, row);
  }

  /** With the names of those that are silent, as far as the caller may know them. */
  async #stateFor(caller: Caller, row: KillSwitchEntity): Promise<KillSwitchState> {
    const { environment } = row;
    return this.#state(row, (app) => may(caller, 'instance:read', { environment, app }));
  }

  /** For everybody who may see the switch: no names. */
  async state(row: KillSwitchEntity): Promise<KillSwitchState> {
    const { silent: _, ...state } = await this.#state(row, () => false);
    return state;
  }

  async #state(row: KillSwitchEntity, sees: (app: string) => boolean): Promise<KillSwitchState> {
    const { silent, ...counts } = await this.#switches.obedience(row, sees);
    return {
      ...(row.app !== '' && { app: row.app }),
      ...togglesOf(row),
      reason: row.reason,
      by: row.turnedBy,
      at: new Date(row.turnedAt).toISOString(),
      version: row.version,
      ...counts,
      silent: [...silent],
    };
  }

  /** Turns of the past are in the audit; of too many in this time the newest. */
  async #markers(places: Places, fromMs: number, toMs: number): Promise<PlacedMarker[]> {
    const { environment, apps } = places;
    const switches = this.#switches.of(environment).filter((row) => row.app === '' || apps.includes(row.app));
    if (switches.length === 0 || switches.every(({ turnedAt }) => turnedAt < fromMs)) return [];
    const inTime = { environment, action, at: Between(fromMs, toMs) };
    const turns = await this.#database.read.find(AuditEntity, {
      where: [
        { ...inTime, app: In([...apps]) },
        { ...inTime, app: IsNull() },
      ],
      order: { sequence: 'DESC' },
      take: mostTold(places),
    });
    return turns.map((turn) => {
      const app = turn.app === null ? {} : { app: turn.app };
      const marker = {
        kind: 'kill' as const,
        at: new Date(turn.at).toISOString(),
        ...app,
        ...(turn.detail.after as ReturnType<typeof togglesOf>),
        by: turn.actor,
        reason: String(turn.detail.reason),
      };
      return { ...app, marker };
    });
  }
}

function togglesOf({ freezePublishes, monitorOnly, endFaults }: KillSwitchEntity) {
  return { freezePublishes, monitorOnly, endFaults };
}
