import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own lines in our log; its start-up chatter is for debugging only. */
export class NestLog implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown): void {
    this.#logger.debug(String(message));
  }
  error(message: unknown, stack?: unknown): void {
    // A failed start is told once, by whoever started it.
    this.#logger.error({ stack }, String(message));
  }
  warn(message: unknown): void {
    this.#logger.warn(String(message));
  }
  debug(message: unknown): void {
    this.#logger.trace(String(message));
  }
  verbose(message: unknown): void {
    this.#logger.trace(String(message));
  }
}
