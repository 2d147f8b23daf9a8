import type { AlertCondition, AlertSetting, AlertSeverity, ErrorText } from '@sluice/core';
import type { Alert, WebhookKind, WebhookOutcome } from '@sluice/protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

/** One condition about one subject, from when it was told to when it was over. The app is '' for an environment. */
@Entity('alert')
export class AlertEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text' }) condition!: AlertCondition;
  @Column({ type: 'text' }) subject!: string;
  @Column({ type: 'text' }) severity!: AlertSeverity;
  @JsonColumn() link!: Alert['link'];
  @JsonColumn() text!: ErrorText;
  @BigIntColumn() firedAt!: number;
  @BigIntColumn({ nullable: true }) resolvedAt!: number | null;
  @BigIntColumn({ nullable: true }) acknowledgedAt!: number | null;
  @Column({ type: 'text', nullable: true }) acknowledgedBy!: string | null;
  @Column({ type: 'text' }) note!: string;
}

/** A node that sees that an alert still holds. */
@Entity('alert_sighting')
export class AlertSightingEntity {
  @PrimaryColumn({ type: 'text' }) alertId!: string;
  @PrimaryColumn({ type: 'text' }) nodeId!: string;
  @BigIntColumn() at!: number;
}

/** What is said of a condition, in an environment (app '') or for one app; what it doesn't name holds as before. */
@Entity('alert_setting')
export class AlertSettingEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @PrimaryColumn({ type: 'text' }) condition!: AlertCondition;
  @JsonColumn() setting!: Partial<AlertSetting>;
}

/** Nothing of it goes to webhooks until then. */
@Entity('alert_silence')
export class AlertSilenceEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text', nullable: true }) condition!: AlertCondition | null;
  @Column({ type: 'text' }) reason!: string;
  @Column({ type: 'text' }) createdBy!: string;
  @BigIntColumn() createdAt!: number;
  @BigIntColumn() until!: number;
}

/** An address that is told of alerts. Its whole URL and its secret are sealed. */
@Entity('webhook')
export class WebhookEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) kind!: WebhookKind;
  @Column({ type: 'text' }) origin!: string;
  @Column({ type: 'text' }) sealedUrl!: string;
  @Column({ type: 'text', nullable: true }) sealedSecret!: string | null;
  @Column({ type: 'text' }) language!: 'en' | 'zh';
  @JsonColumn({ nullable: true }) conditions!: readonly AlertCondition[] | null;
  @Column({ type: 'text' }) severity!: AlertSeverity;
  @Column({ type: 'boolean' }) enabled!: boolean;
  @Column({ type: 'text' }) createdBy!: string;
  @BigIntColumn() createdAt!: number;
  @JsonColumn({ nullable: true }) last!: WebhookOutcome | null;
}

/** One alert as a message tells it. */
export interface ToldAlert {
  readonly id: string;
  readonly environment: string;
  readonly app?: string;
  readonly condition: AlertCondition;
  readonly severity: AlertSeverity;
  readonly subject: string;
  readonly state: 'firing' | 'resolved';
  readonly text: ErrorText;
  readonly firedAt: string;
  readonly resolvedAt?: string;
}

/** What waits to be sent: all that one look of a node found at once, in one message. */
@Entity('webhook_message')
export class WebhookMessageEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) webhookId!: string;
  @JsonColumn() alerts!: readonly ToldAlert[];
  @Column({ type: 'integer' }) tries!: number;
  @BigIntColumn() createdAt!: number;
  /** Not before then. Whoever sends it moves it on first, so that two nodes don't. */
  @BigIntColumn() dueAt!: number;
}

export const alertsEntities = [
  AlertEntity,
  AlertSightingEntity,
  AlertSettingEntity,
  AlertSilenceEntity,
  WebhookEntity,
  WebhookMessageEntity,
];
