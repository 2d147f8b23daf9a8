import { SluiceError } from '@sluice/core';

/** How the network, PostgreSQL's driver and PostgreSQL say "not now": the connection or the disk, not the statement. */
const outageCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '25006', // read only: a standby, or a primary that was told so
  '57014', // the statement was cancelled
]);

/** Whole classes of them: connection, resources, operator, system; and SQLite's locks, disk and damage. */
const outageClasses =
  /^(08...|53...|57P..|58...|SQLITE_(BUSY|LOCKED|FULL|READONLY|CANTOPEN|IOERR|NOMEM|CORRUPT|NOTADB)(_\w+)?)$/;

const outageText =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|not queryable|driver not connected|connection is not open|query read timeout|the database connection is not open/i;

/** Whether an error says that the database cannot be reached or written now. Looks at its shape: drivers differ. */
export function isOutage(error: unknown): boolean {
  for (let e = error, depth = 0; typeof e === 'object' && e !== null && depth < 5; depth++) {
    const { code, message, errors, driverError, cause } = e as Partial<Record<string, unknown>>;
    if (typeof code === 'string' && (outageCodes.has(code) || outageClasses.test(code))) return true;
    if (typeof message === 'string' && outageText.test(message)) return true;
    if (Array.isArray(errors) && errors.some(isOutage)) return true;
    e = driverError ?? cause;
  }
  return false;
}

/** The same error, or what callers are told of an outage. */
export function asAnswer(error: unknown): unknown {
  return isOutage(error) ? new SluiceError('unavailable', { retryAfterSec: 2 }, { cause: error }) : error;
}
