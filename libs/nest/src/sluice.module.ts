import {
  type DynamicModule,
  type FactoryProvider,
  Module,
  type ModuleMetadata,
  type Type,
  type ValueProvider,
} from '@nestjs/common';
import { createSluice, type Sluice, type SluiceOptions } from '@sluice/client';
import { ConfigClassError } from './config-class-error.ts';
import { namespaceOf } from './config-notes.ts';
import { joinClient } from './shared-client.ts';
import { SluiceCloser } from './sluice-closer.ts';
import { SluiceHealthIndicator } from './sluice-health.ts';
import { SluiceStart, START_UNTIL } from './sluice-start.ts';
import { SLUICE } from './sluice-token.ts';
import { text } from './texts.ts';

export interface SluiceModuleOptions extends SluiceOptions {
  /**
   * How long the start of the app may wait for the server's word, in milliseconds; 3000 when absent, 0 not at all.
   * After that it starts with what is on disk, or with the defaults, and follows as soon as the server is there;
   * unless a config class was declared `strong` or `eager` and did not get what it needs: then the app doesn't start.
   */
  readonly readyTimeoutMs?: number;
}

export interface SluiceModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  /** Called with what `inject` names. */
  readonly useFactory: FactoryProvider<SluiceModuleOptions>['useFactory'];
}

/** One client for the whole app. Import `forRoot` once, and `forFeature` where config classes are used. */
@Module({})
export class SluiceModule {
  static forRoot(options: SluiceModuleOptions = {}): DynamicModule {
    return SluiceModule.forRootAsync({ useFactory: () => options });
  }

  /** With options from other providers: `{ inject: [ConfigService], useFactory: (config) => ({ … }) }`. */
  static forRootAsync({ imports, inject, useFactory }: SluiceModuleAsyncOptions): DynamicModule {
    let startUntil = 0;
    const client: FactoryProvider<Sluice> = {
      provide: SLUICE,
      inject: inject ?? [],
      useFactory: async (...injected) => {
        const { readyTimeoutMs = 3000, ...options } = await useFactory(...injected);
        startUntil = performance.now() + readyTimeoutMs;
        return start(options, readyTimeoutMs);
      },
    };
    const until: ValueProvider<() => number> = { provide: START_UNTIL, useValue: () => startUntil };
    return {
      module: SluiceModule,
      global: true,
      ...(imports && { imports }),
      providers: [client, until, SluiceStart, SluiceCloser, SluiceHealthIndicator],
      exports: [client, SluiceHealthIndicator],
    };
  }

  /** Config classes as providers, to be injected by their class. */
  static forFeature(configClasses: readonly Type[]): DynamicModule {
    const strangers = configClasses.filter((configClass) => namespaceOf(configClass) === undefined);
    if (strangers.length > 0)
      throw new ConfigClassError(strangers.map(({ name }) => text('notAConfig', { name })));
    return { module: SluiceModule, providers: [...configClasses], exports: [...configClasses] };
  }
}

/** The values are there before anything that needs them is made, as far as the server answers in time. */
async function start(options: SluiceOptions, readyTimeoutMs: number): Promise<Sluice> {
  const sluice = createSluice(options);
  joinClient(sluice);
  if (readyTimeoutMs > 0) await sluice.ready({ timeoutMs: readyTimeoutMs });
  return sluice;
}
