import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from './clock.ts';
import type { Env } from './env.ts';
import { Metrics } from './metrics.ts';
import { Sealer } from './sealed-value.ts';
import { loadSecretKey, SecretKey } from './secret-key.ts';
import { ENV, LOGGER } from './tokens.ts';

/** Settings, the clock and the log: what every room may ask for. */
@Global()
@Module({})
export class EnvModule {
  static with(env: Env, logger: Logger): DynamicModule {
    return {
      module: EnvModule,
      providers: [
        { provide: ENV, useValue: env },
        { provide: LOGGER, useValue: logger },
        { provide: Clock, useValue: new Clock() },
        { provide: SecretKey, useFactory: () => loadSecretKey(env) },
        { provide: Sealer, inject: [SecretKey], useFactory: (key: SecretKey) => new Sealer(key.bytes) },
        { provide: Metrics, useValue: new Metrics() },
      ],
      exports: [ENV, LOGGER, Clock, SecretKey, Sealer, Metrics],
    };
  }
}
