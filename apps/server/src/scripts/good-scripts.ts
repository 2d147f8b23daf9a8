import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Fault } from '@sluice/core';
import { check } from '@sluice/scripts';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import type { ScriptChecker, UncheckedScript } from '../releases/content/script-check.ts';
import { RELEASE_DESK, type ScriptDesk } from './script-desk.ts';
import { faultOfSource } from './script-faults.ts';

const mostRemembered = 10_000;
/** Whoever waits for an answer is told of what was found by then: one that doesn't end takes a second or more. */
const longestSearchMs = 5000;

/** Tells whether scripts run before they are released. Those that did before are not asked about again. */
@Injectable()
export class GoodScripts implements ScriptChecker {
  readonly #desk: Pick<ScriptDesk, 'use'>;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #good = new Set<string>();

  constructor(
    @Inject(RELEASE_DESK) desk: Pick<ScriptDesk, 'use'>,
    @Inject(LOGGER) logger: Pick<Logger, 'warn'>,
    @Inject(Clock) clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#desk = desk;
    this.#logger = logger;
    this.#clock = clock;
  }

  async faultsOf(scripts: readonly UncheckedScript[]): Promise<readonly Fault[]> {
    const faults: Fault[] = [];
    const endMs = this.#clock.monotonic() + longestSearchMs;
    for (const script of scripts) {
      const fault = await this.#faultOf(script);
      if (fault) faults.push(fault);
      if (faults.length > 0 && this.#clock.monotonic() >= endMs) break;
    }
    return faults;
  }

  /** A server that can run no scripts lets them through: instances say themselves what they can't run. */
  async #faultOf({ rule: { role, source }, path }: UncheckedScript): Promise<Fault | undefined> {
    const key = createHash('sha256').update(`${role}\n${source}`).digest('base64');
    if (this.#good.has(key)) return undefined;
    const failure = await this.#desk.use((host) => check(host, source, role));
    const fault = failure && faultOfSource(failure, path);
    if (fault) return fault;
    if (failure)
      this.#logger.warn({ code: failure.code, path }, 'a script was released without being checked');
    else this.#remember(key);
    return undefined;
  }

  #remember(key: string): void {
    this.#good.add(key);
    if (this.#good.size > mostRemembered) this.#good.delete(this.#good.keys().next().value!);
  }
}
