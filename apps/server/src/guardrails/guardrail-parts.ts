import { Inject, Injectable } from '@nestjs/common';
import type { ScopeWindow } from '@sluice/core';
import { In } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { GuardrailPartEntity, type StoredWindow } from './guardrails.entities.ts';
import { scopeOf, storedScope } from './stored-scope.ts';

/** Windows of a node that the others may still ask for. */
const windowsKept = 3;

/** What every node contributes to judging a gray, for all of them. A node that is alone writes how it was before a step. */
@Injectable()
export class GuardrailParts {
  readonly #database: Database;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #own = new Map<
    string,
    { step: number; reference: readonly ScopeWindow[]; windows: StoredWindow[] }
  >();

  constructor(
    @Inject(Database) database: Database,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#node = node;
    this.#clock = clock;
  }

  get isAlone(): boolean {
    return this.#node.aliveNodes <= 1;
  }

  /** A step began: what this node's instances came to before it. */
  async begin(pushId: string, step: number, reference: readonly ScopeWindow[]): Promise<void> {
    const known = this.#own.get(pushId);
    if (known?.step === step) return;
    this.#own.set(pushId, { step, reference, windows: [] });
    await this.#write(pushId);
  }

  /** A window of this node is over. */
  async add(pushId: string, untilMs: number, scopes: readonly ScopeWindow[]): Promise<void> {
    const own = this.#own.get(pushId);
    if (!own || own.windows.some((window) => window.untilMs === untilMs)) return;
    own.windows = [...own.windows, { untilMs, scopes: scopes.map(storedScope) }].slice(-windowsKept);
    await this.#write(pushId);
  }

  /** What the other nodes that are alive told of a window, and whether that is all of them. */
  async others(
    pushId: string,
    step: number,
    untilMs: number,
  ): Promise<{ parts: ScopeWindow[][]; isWhole: boolean }> {
    const alive = await this.#node.countAlive();
    if (alive <= 1) return { parts: [], isWhole: true };
    const rows = (await this.#rows(pushId, step)).filter(({ nodeId }) => nodeId !== this.#node.id);
    const parts = rows.flatMap(({ windows }) =>
      windows.filter((window) => window.untilMs === untilMs).map(({ scopes }) => scopes.map(scopeOf)),
    );
    return { parts, isWhole: parts.length >= alive - 1 };
  }

  /** What the fleet was before a step, on all nodes that were there when it began. */
  async reference(pushId: string, step: number): Promise<ScopeWindow[][]> {
    return (await this.#rows(pushId, step)).map(({ reference }) => reference.map(scopeOf));
  }

  /** Nobody asks for parts of these any more. */
  async end(pushIds: readonly string[]): Promise<void> {
    for (const pushId of pushIds) this.#own.delete(pushId);
    if (pushIds.length > 0)
      await this.#database.write((tx) => tx.delete(GuardrailPartEntity, { pushId: In([...pushIds]) }));
  }

  #rows(pushId: string, step: number): Promise<GuardrailPartEntity[]> {
    return this.#database.read.findBy(GuardrailPartEntity, { pushId, step });
  }

  async #write(pushId: string): Promise<void> {
    const { step, reference, windows } = this.#own.get(pushId)!;
    const stored = JSON.stringify(reference.map(storedScope));
    const row = [pushId, step, this.#node.id, stored, JSON.stringify(windows), this.#clock.now()];
    await this.#database.write((tx) =>
      bulkUpsert(tx, this.#database.dialect, {
        table: 'guardrail_part',
        key: ['push_id', 'step', 'node_id'],
        columns: ['push_id', 'step', 'node_id', 'reference', 'windows', 'at'],
        onConflict: 'replace',
        rows: [row],
      }),
    );
  }
}
