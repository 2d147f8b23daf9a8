import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, GuardrailReport } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import type { Input } from '../http/input.decorator.ts';
import { requirePush } from '../pushes/push-rows.ts';
import { windowMs } from './gray-windows.ts';
import { Guardrails } from './guardrails.ts';
import { JudgementStore } from './judgement.store.ts';
import { guardrailOfRow } from './watched-gray.ts';

/** What a gray is judged by and what its windows were judged to be, for people. */
@Injectable()
export class GuardrailRead {
  readonly #database: Database;
  readonly #guardrails: Guardrails;
  readonly #store: JudgementStore;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Guardrails) guardrails: Guardrails,
    @Inject(JudgementStore) store: JudgementStore,
  ) {
    this.#database = database;
    this.#guardrails = guardrails;
    this.#store = store;
  }

  async get({ params }: Pick<Input<Contracts['getPushGuardrail']>, 'params'>): Promise<GuardrailReport> {
    const place = { environment: params.env, app: params.app };
    const row = await requirePush(this.#database.read, place, params.push);
    const guardrail = guardrailOfRow(row);
    const off = row.target.mode === 'gray' ? row.target.guardrails?.off : undefined;
    const isStanding = this.#guardrails.healthOf(row) !== undefined;
    const now = isStanding ? this.#guardrails.watched(row)?.judged?.judgement : undefined;
    return {
      ...(off !== undefined && { off }),
      ...(guardrail && {
        rule: {
          ...guardrail,
          margins: { ...guardrail.margins },
          measures: [...guardrail.measures],
          windowMs,
          resources: guardrail.resources && [...guardrail.resources],
        },
      }),
      ...(now && { now }),
      log: await this.#store.of(row.id),
    };
  }
}
