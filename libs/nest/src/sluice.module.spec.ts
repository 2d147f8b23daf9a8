import { describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Sluice, StartupError } from '@sluice/client';
import { DynamicConfig } from './dynamic-config.ts';
import { DynamicValue } from './dynamic-value.ts';
import { SluiceModule } from './sluice.module.ts';
import { SluiceHealthIndicator } from './sluice-health.ts';
import { SLUICE } from './sluice-token.ts';

@DynamicConfig('order')
class OrderConfig {
  @DynamicValue({ min: 50, max: 5000 }) timeoutMs = 800;
}

/** Nobody listens there, so the app has to start without a server. */
const options = {
  server: 'http://127.0.0.1:1',
  token: 'none',
  app: 'order-api',
  environment: 'test',
  cacheDir: false,
  logger: false,
  readyTimeoutMs: 50,
} as const;

@Module({
  imports: [
    SluiceModule.forRootAsync({
      inject: ['ADDRESS'],
      imports: [
        {
          module: class Addresses {},
          providers: [{ provide: 'ADDRESS', useValue: options.server }],
          exports: ['ADDRESS'],
        },
      ],
      useFactory: (server: string) => ({ ...options, server }),
    }),
    SluiceModule.forFeature([OrderConfig]),
  ],
})
class AppModule {}

describe('SluiceModule', () => {
  it('starts an app on its defaults when there is no server, says so, and closes the client with the app', async () => {
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    expect(app.get(OrderConfig, { strict: false }).timeoutMs).toBe(800);
    expect(app.get(SluiceHealthIndicator, { strict: false }).check('config')).toMatchObject({
      config: { status: 'up', state: 'defaults', connected: false },
    });
    const sluice = app.get<Sluice>(SLUICE, { strict: false });
    let closed = false;
    const close = sluice.close.bind(sluice);
    sluice.close = async () => {
      await close();
      closed = true;
    };
    await app.close();
    expect(closed).toBe(true);
  });

  it('leaves the client of two apps in one process open until the last of them is closed', async () => {
    const create = () =>
      NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    const [one, other] = [await create(), await create()];
    const sluice = other.get<Sluice>(SLUICE, { strict: false });
    expect(one.get<Sluice>(SLUICE, { strict: false })).toBe(sluice);
    const close = jest.spyOn(sluice, 'close');
    await one.close();
    await one.close();
    expect(close).not.toHaveBeenCalled();
    await other.close();
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('does not start an app that asks for more than what is there, and says what is missing', async () => {
    @DynamicConfig<PoolConfig>('pool', { startup: 'strong', validate: ({ min, max }) => min <= max })
    class PoolConfig {
      @DynamicValue() min = 1;
      @DynamicValue() max = 10;
    }
    @Module({
      imports: [SluiceModule.forRoot({ ...options, app: 'strict' }), SluiceModule.forFeature([PoolConfig])],
    })
    class StrictModule {}
    const started = NestFactory.createApplicationContext(StrictModule, {
      logger: false,
      abortOnError: false,
    });
    await expect(started).rejects.toThrow(StartupError);
    await expect(started).rejects.toThrow(
      'pool (strong): the server has not said in this run what to hold of it',
    );
  });
});
