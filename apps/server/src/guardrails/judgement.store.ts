import { Inject, Injectable } from '@nestjs/common';
import type { Judgement } from '@sluice/protocol';
import { LessThan } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { GuardrailJudgementEntity } from './guardrails.entities.ts';

/** Of quiet windows one a minute is kept, for an hour. */
const sampleMs = 60_000;
const samplesKeptMs = 3_600_000;
const shown = 200;

/**
 * What windows were judged to be, kept with their push: whatever changed its health or was out of the ordinary, so that
 * a halt can be explained afterwards, and now and then a quiet one.
 */
@Injectable()
export class JudgementStore {
  readonly #database: Database;
  readonly #sampledAt = new Map<string, number>();

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  /** Of two nodes that judged the same window the first one is kept. */
  async keep(pushId: string, untilAt: number, judgement: Judgement, isNews: boolean): Promise<void> {
    const isNotable = isNews || judgement.readings.some(({ windows }) => windows > 0);
    const isDue = untilAt - (this.#sampledAt.get(pushId) ?? 0) >= sampleMs;
    if (!isNotable && !isDue) return;
    this.#sampledAt.set(pushId, untilAt);
    await this.#database.write((tx) =>
      bulkUpsert(tx, this.#database.dialect, {
        table: 'guardrail_judgement',
        key: ['push_id', 'until_at'],
        columns: ['push_id', 'until_at', 'is_notable', 'data'],
        onConflict: 'keep',
        rows: [[pushId, untilAt, isNotable, JSON.stringify(judgement)]],
      }),
    );
  }

  /** Newest first. */
  async of(pushId: string): Promise<Judgement[]> {
    const rows = await this.#database.read.find(GuardrailJudgementEntity, {
      where: { pushId },
      order: { untilAt: 'DESC' },
      take: shown,
    });
    return rows.map(({ data }) => data);
  }

  forget(pushId: string): void {
    this.#sampledAt.delete(pushId);
  }

  /** Removes samples that are an hour old, and all that is older than `before`. */
  async sweep(nowMs: number, before: number): Promise<void> {
    await this.#database.write(async (tx) => {
      await tx.delete(GuardrailJudgementEntity, {
        isNotable: false,
        untilAt: LessThan(nowMs - samplesKeptMs),
      });
      await tx.delete(GuardrailJudgementEntity, { untilAt: LessThan(before) });
    });
  }
}
