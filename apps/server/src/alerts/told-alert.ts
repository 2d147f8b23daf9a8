import type { AlertEntity, ToldAlert } from './alerts.entities.ts';

/** An alert as a message tells it. */
export const toldAlert = (row: AlertEntity): ToldAlert => ({
  id: row.id,
  environment: row.environment,
  ...(row.app !== '' && { app: row.app }),
  condition: row.condition,
  severity: row.severity,
  subject: row.subject,
  state: row.resolvedAt === null ? 'firing' : 'resolved',
  text: row.text,
  firedAt: new Date(row.firedAt).toISOString(),
  ...(row.resolvedAt !== null && { resolvedAt: new Date(row.resolvedAt).toISOString() }),
});
