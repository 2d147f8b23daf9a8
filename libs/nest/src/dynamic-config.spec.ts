import { afterEach, describe, expect, it } from '@jest/globals';
import { type DynamicModule, type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ChangeListener, ConfigOptions, ConfigSpec, Sluice } from '@sluice/client';
import { ConfigClassError } from './config-class-error.ts';
import { DynamicConfig } from './dynamic-config.ts';
import { DynamicValue } from './dynamic-value.ts';
import { OnChange } from './on-change.ts';
import { SluiceModule } from './sluice.module.ts';
import { SLUICE } from './sluice-token.ts';

/** As much of a client as config classes need; `push` does what a release would. */
class FakeClient {
  readonly specs = new Map<string, ConfigSpec>();
  readonly options = new Map<string, ConfigOptions<ConfigSpec>>();
  readonly #values = new Map<string, unknown>();
  readonly #listeners = new Map<string, ChangeListener<unknown>[]>();

  config(namespace: string, spec: ConfigSpec, options: ConfigOptions<ConfigSpec>): unknown {
    this.specs.set(namespace, spec);
    this.options.set(namespace, options);
    return {
      get: (key: string) => {
        const path = `${namespace}.${key}`;
        return this.#values.has(path) ? this.#values.get(path) : spec[key]?.default;
      },
      on: (key: string, listener: ChangeListener<unknown>) => {
        const path = `${namespace}.${key}`;
        this.#listeners.set(path, [...(this.#listeners.get(path) ?? []), listener]);
      },
    };
  }

  async push(path: string, value: unknown): Promise<void> {
    const [namespace = '', key = ''] = path.split('.');
    const previous = this.#values.get(path) ?? this.specs.get(namespace)?.[key]?.default;
    this.#values.set(path, value);
    for (const listener of this.#listeners.get(path) ?? [])
      await listener(value, previous, { namespace, layer: 'global', revision: 7 });
  }
}

describe('config classes', () => {
  let app: INestApplicationContext | undefined;
  let client: FakeClient;

  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  async function start(feature: DynamicModule, ...providers: (new (...args: never[]) => unknown)[]) {
    client = new FakeClient();
    @Module({})
    class Root {}
    const withClient: DynamicModule = {
      module: class Client {},
      global: true,
      providers: [{ provide: SLUICE, useValue: client as unknown as Sluice }],
      exports: [SLUICE],
    };
    app = await NestFactory.createApplicationContext(
      { module: Root, imports: [withClient, feature], providers },
      { logger: false, abortOnError: false },
    );
    return app;
  }

  it('serve their initial values, then what is pushed, to whom they are injected', async () => {
    @DynamicConfig('order')
    class OrderConfig {
      @DynamicValue({ min: 50, max: 5000 }) timeoutMs = 800;
      @DynamicValue({ oneOf: ['fast', 'safe'] }) mode = 'fast';
      @DynamicValue() open = true;
      @DynamicValue() vip: readonly string[] = [];
      untouched = 'mine';
    }
    @Injectable()
    class PayService {
      constructor(readonly config: OrderConfig) {}
    }
    const { config } = (await start(SluiceModule.forFeature([OrderConfig]), PayService)).get(PayService);
    expect({ ...config }).toEqual({
      timeoutMs: 800,
      mode: 'fast',
      open: true,
      vip: [],
      untouched: 'mine',
    });
    await client.push('order.timeoutMs', 300);
    await client.push('order.vip', ['ada']);
    expect([config.timeoutMs, config.vip]).toEqual([300, ['ada']]);
    const spec = client.specs.get('order');
    expect(Object.keys(spec ?? {})).toEqual(['timeoutMs', 'mode', 'open', 'vip']);
    expect([spec?.timeoutMs?.accepts(5001), spec?.timeoutMs?.accepts(5000)]).toEqual([false, true]);
    expect([spec?.mode?.accepts('slow'), spec?.open?.accepts('yes')]).toEqual([false, false]);
  });

  it('hear of changes in methods of theirs, and may have dependencies of their own', async () => {
    @Injectable()
    class Pool {
      readonly sizes: number[] = [];
    }
    @DynamicConfig('pool')
    class PoolConfig {
      @DynamicValue() size = 4;
      readonly heard: unknown[] = [];
      constructor(readonly pool: Pool) {}

      @OnChange('size')
      retune(size: number, previous: number, meta: unknown) {
        this.pool.sizes.push(size);
        this.heard.push(previous, meta, this.size);
      }
    }
    const feature = SluiceModule.forFeature([PoolConfig]);
    const config = (await start({ ...feature, providers: [...(feature.providers ?? []), Pool] })).get(
      PoolConfig,
      { strict: false },
    );
    await client.push('pool.size', 9);
    expect(config.pool.sizes).toEqual([9]);
    expect(config.heard).toEqual([4, { namespace: 'pool', layer: 'global', revision: 7 }, 9]);
  });

  it('run their lifecycle hooks once', async () => {
    let starts = 0;
    @DynamicConfig('once')
    class OnceConfig {
      @DynamicValue() on = true;
      onModuleInit() {
        starts += 1;
      }
    }
    await start(SluiceModule.forFeature([OnceConfig]));
    expect(starts).toBe(1);
  });

  it('take over the values of the class that they extend', async () => {
    class Limits {
      @DynamicValue() perMinute = 60;
    }
    @DynamicConfig('search')
    class SearchConfig extends Limits {
      @DynamicValue() size = 10;
    }
    const config = (await start(SluiceModule.forFeature([SearchConfig]))).get(SearchConfig, {
      strict: false,
    });
    await client.push('search.perMinute', 5);
    expect([config.perMinute, config.size]).toEqual([5, 10]);
  });

  it('cannot be written to', async () => {
    @DynamicConfig('order')
    class OrderConfig {
      @DynamicValue() timeoutMs = 800;
    }
    const config = (await start(SluiceModule.forFeature([OrderConfig]))).get(OrderConfig, { strict: false });
    expect(() => {
      config.timeoutMs = 1;
    }).toThrow('OrderConfig.timeoutMs follows Sluice and cannot be set here');
    expect(config.timeoutMs).toBe(800);
  });

  it('say everything that is wrong with them when the app starts', async () => {
    @DynamicConfig('order')
    class OrderConfig {
      @DynamicValue() timeoutMs!: number;
      @DynamicValue({ min: 1 }) name = 'x';
      @DynamicValue({ max: 5 }) size = 9;
      @OnChange('timeOutMs')
      retune() {}
    }
    const failed: unknown = await start(SluiceModule.forFeature([OrderConfig])).catch((error) => error);
    expect(failed).toBeInstanceOf(ConfigClassError);
    expect((failed as ConfigClassError).faults).toEqual([
      'OrderConfig.timeoutMs: has no initial value. Give it one: it is the default, and says the type.',
      'OrderConfig.name: "min" is not for a string. Take it out, or change the initial value.',
      expect.stringMatching(/^OrderConfig\.size: .*9.*number/),
      'OrderConfig.retune: @OnChange("timeOutMs"), but there is no @DynamicValue of that name. There are: timeoutMs, name, size.',
    ]);
  });

  it('say what the start asks of them, and what their values must be together', async () => {
    @DynamicConfig<PoolConfig>('pool', {
      startup: 'eager',
      validate: ({ min, max }, previous) => min <= max || `min ${min} > max ${max}, after ${previous.min}`,
    })
    class PoolConfig {
      @DynamicValue() min = 1;
      @DynamicValue() max = 10;
    }
    await start(SluiceModule.forFeature([PoolConfig]));
    const options = client.options.get('pool');
    expect(options?.startup).toBe('eager');
    expect(options?.validate?.({ min: 1, max: 2 }, { min: 0, max: 2 })).toBe(true);
    expect(options?.validate?.({ min: 3, max: 2 }, { min: 0, max: 2 })).toBe('min 3 > max 2, after 0');
  });

  it('must be config classes', () => {
    class Plain {}
    expect(() => SluiceModule.forFeature([Plain])).toThrow(
      'Plain is given to SluiceModule.forFeature and has no @DynamicConfig',
    );
  });
});
