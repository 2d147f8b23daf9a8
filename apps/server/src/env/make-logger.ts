import { type Logger, pino } from 'pino';
import type { Env } from './env.ts';

/** The server's log: one JSON object a line, on stderr. */
export function makeLogger(env: Env): Logger {
  return pino({ level: env.logLevel, base: null }, pino.destination(2));
}
