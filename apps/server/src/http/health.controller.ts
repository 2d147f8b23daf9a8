import { Controller, Header, Inject } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { type Contracts, contracts } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import { Metrics } from '../env/metrics.ts';
import { In, type Input } from './input.decorator.ts';
import { Operation } from './operation.decorator.ts';

const loopback = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

@Controller()
export class HealthController {
  readonly #database: Database;
  readonly #metrics: Metrics;

  constructor(@Inject(Database) database: Database, @Inject(Metrics) metrics: Metrics) {
    this.#database = database;
    this.#metrics = metrics;
  }

  @Operation(contracts.health)
  health(@In() _: Input<Contracts['health']>): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Operation(contracts.readiness)
  async readiness(@In() _: Input<Contracts['readiness']>): Promise<{ status: 'ok' }> {
    await this.#database.check();
    return { status: 'ok' };
  }

  /** Names of environments and apps are in there, so it is for this machine and for holders of a token only. */
  @Operation(contracts.metrics)
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(@In() input: Input<Contracts['metrics']>): Promise<string> {
    const known = input.caller.principal.kind === 'token' || input.caller.principal.kind === 'user';
    if (!known && !loopback.test(input.caller.remoteAddress)) throw new SluiceError('unauthenticated');
    return this.#metrics.registry.metrics();
  }
}
