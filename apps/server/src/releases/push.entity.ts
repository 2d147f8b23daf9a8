import type { Course, EndReason, ErrorText, ItemsPatch, PushState } from '@sluice/core';
import type { Push, PushChange, PushTarget } from '@sluice/protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

/** What a push was asked to change in one namespace. */
export interface AskedChange {
  readonly namespace: string;
  readonly namespaceId: string;
  /** The revision that it was made from. */
  readonly base: number;
  /** Of a layer: how its rows are found; it travels as the id of the layer. */
  readonly layerId?: string;
  /** Changes by key; absent where the whole was given. */
  readonly patch?: ItemsPatch;
  /** The canonical text of a whole content. */
  readonly text?: string;
  /** The release that was live when it began; null when nothing was. What a promotion merges from. */
  readonly startedFrom?: string | null;
}

/** What was asked for, as it is needed later: to promote a gray, to start what was proposed, to repeat it elsewhere. */
export interface AskedPush {
  readonly changes: readonly AskedChange[];
  /** Ms that it lives from its start on; absent: without end. */
  readonly expiresInMs?: number;
  readonly grays?: 'keep' | 'supersede';
  /** Under which the instances of a share are drawn. */
  readonly seed?: string;
  /** It brings a script that was not there before. */
  readonly hasNewScripts?: boolean;
  /** Of what is only proposed: what was asked, so that it can be asked again at what is live then. */
  readonly wire?: readonly PushChange[];
  /** The accounts that proposed or edited it. */
  readonly authors?: readonly string[];
  /** The step for whose end somebody has clicked. */
  readonly clicked?: number;
  /** The step that goes on although its health isn't known, and why. */
  readonly waived?: { readonly step: number; readonly reason: string; readonly by: string };
}

/** What all targets of one variant hold before and after: their expected digests by namespace. */
export interface PushVariant {
  readonly namespaces: readonly {
    readonly namespace: string;
    /** Absent where nothing is held. */
    readonly before?: string;
    readonly after?: string;
  }[];
}

/** Why a push ended without its layers, or was halted. */
export interface PushEnd {
  readonly reason: EndReason;
  readonly because?: ErrorText;
}

/**
 * Delivering a change. Its row moves in the transactions of its transitions; who carries it out reads it. `variants`
 * is empty where every target expects the digest of `push_namespace`, or what its layers compose to.
 */
@Entity('push')
export class PushEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text' }) mode!: Push['mode'];
  @JsonColumn() course!: Course;
  @JsonColumn() target!: PushTarget;
  /** The state of `stateData`, to look for. */
  @Column({ type: 'text' }) state!: Push['state'];
  @JsonColumn() stateData!: PushState;
  @JsonColumn() proposal!: AskedPush;
  @Column({ type: 'text', nullable: true }) planHash!: string | null;
  @JsonColumn() variants!: readonly PushVariant[];
  @Column({ type: 'boolean' }) twoPhase!: boolean;
  /** The environment's revision when it was made; orders lists and never moves. */
  @BigIntColumn() began!: number;
  /** The newest revision that it took; 0 while it is only planned. */
  @BigIntColumn() revision!: number;
  @BigIntColumn({ nullable: true }) expiresAt!: number | null;
  @Column({ type: 'text', nullable: true }) emergency!: string | null;
  @JsonColumn({ nullable: true }) ended!: PushEnd | null;
  @Column({ type: 'text', nullable: true }) of!: string | null;
  /** Another app's push that it carries on to those who link what that released. */
  @Column({ type: 'text', nullable: true }) through?: string | null;
  @Column({ type: 'text' }) createdBy!: string;
  @Column({ type: 'text' }) createdById!: string;
  @Column({ type: 'text' }) message!: string;
  @BigIntColumn() createdAt!: number;
  @BigIntColumn({ nullable: true }) settledAt!: number | null;
  @Column({ type: 'integer', nullable: true }) lastAppliedMs!: number | null;
}

/** One namespace that a push changes. */
@Entity('push_namespace')
export class PushNamespaceEntity {
  @PrimaryColumn({ type: 'text' }) pushId!: string;
  @PrimaryColumn({ type: 'text' }) namespaceId!: string;
  @Column({ type: 'text' }) namespace!: string;
  /** The release that a global push, or a promotion, made. */
  @Column({ type: 'integer', nullable: true }) release!: number | null;
  /** Of the content for a global push; else of the layer. */
  @Column({ type: 'text', nullable: true }) digest!: string | null;
  /** At most 20 of what it decides; a document has the key `''`. */
  @JsonColumn() keys!: readonly string[];
}
