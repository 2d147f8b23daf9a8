import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Fault, ScriptRule } from '@sluice/core';
import { check } from '@sluice/scripts';
import type { Logger } from 'pino';
import { LOGGER } from '../env/tokens.ts';
import type { ScriptChecker } from '../releases/content/script-check.ts';
import { ScriptDesk } from './script-desk.ts';
import { faultOfSource } from './script-faults.ts';

const mostRemembered = 10_000;

/** Tells whether scripts run before they are released. Those that did before are not asked about again. */
@Injectable()
export class GoodScripts implements ScriptChecker {
  readonly #desk: ScriptDesk;
  readonly #logger: Logger;
  readonly #good = new Set<string>();

  constructor(@Inject(ScriptDesk) desk: ScriptDesk, @Inject(LOGGER) logger: Logger) {
    this.#desk = desk;
    this.#logger = logger;
  }

  /** A server that can run no scripts lets them through: instances say themselves what they can't run. */
  async faultOf(
    { role, source }: Pick<ScriptRule, 'role' | 'source'>,
    path: string,
  ): Promise<Fault | undefined> {
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
