import type { Judgement } from '@sluice/protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn, PrimaryBigIntColumn } from '../database/columns.ts';
import type { StoredScope } from './stored-scope.ts';

/** What the instances of one node came to in one window. */
export interface StoredWindow {
  readonly untilMs: number;
  readonly scopes: readonly StoredScope[];
}

/** The part of one node in judging one step of a gray. */
@Entity('guardrail_part')
export class GuardrailPartEntity {
  @PrimaryColumn({ type: 'text' }) pushId!: string;
  @PrimaryColumn({ type: 'integer' }) step!: number;
  @PrimaryColumn({ type: 'text' }) nodeId!: string;
  /** What all its instances came to shortly before the step. */
  @JsonColumn() reference!: readonly StoredScope[];
  /** The newest windows; none while there is only one node. */
  @JsonColumn() windows!: readonly StoredWindow[];
  @BigIntColumn() at!: number;
}

/** What one window of a gray was judged to be. */
@Entity('guardrail_judgement')
export class GuardrailJudgementEntity {
  @PrimaryColumn({ type: 'text' }) pushId!: string;
  /** The end of the window. */
  @PrimaryBigIntColumn() untilAt!: number;
  /** It changed something or was out of the ordinary: it stays as long as its push can be explained. */
  @Column({ type: 'boolean' }) isNotable!: boolean;
  @JsonColumn() data!: Judgement;
}

export const guardrailsEntities = [GuardrailPartEntity, GuardrailJudgementEntity];
