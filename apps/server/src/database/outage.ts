import { SluiceError } from '@sluice/core';

/** How PostgreSQL, its driver and SQLite say "not now": the connection or the disk, not the statement. */
const outageCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '25006',
  '53100',
  '53300',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
]);

const outageText =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|not queryable|driver not connected|connection is not open|query read timeout|the database connection is not open/i;

/** Whether an error says that the database cannot be reached or written now. */
export function isOutage(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; depth++) {
    const code = (e as { code?: unknown }).code;
    if (typeof code === 'string' && (outageCodes.has(code) || code.startsWith('SQLITE_IOERR'))) return true;
    if (outageText.test(e.message)) return true;
    if (e instanceof AggregateError && e.errors.some(isOutage)) return true;
    e = (e as { driverError?: unknown }).driverError ?? e.cause;
  }
  return false;
}

/** The same error, or what callers are told of an outage. */
export function asAnswer(error: unknown): unknown {
  return isOutage(error) ? new SluiceError('unavailable', { retryAfterSec: 2 }, { cause: error }) : error;
}
