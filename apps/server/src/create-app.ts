import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.ts';
import type { Env } from './env/env.ts';
import { makeLogger } from './env/make-logger.ts';
import { NestLog } from './env/nest-log.ts';
import { edge } from './http/edge.ts';
import { Sockets } from './http/sockets.ts';
import { serveStaticFiles } from './http/static-files.ts';

/** The whole server, wired and not yet listening; `main` and every test start from here. */
export async function createApp(env: Env): Promise<NestExpressApplication> {
  const logger = makeLogger(env);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(env, logger), {
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
    logger: new NestLog(logger),
  });
  app.set('trust proxy', env.trustProxy);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.set('etag', false);
  for (const step of edge) app.use(step);
  serveStaticFiles(app);
  app.get(Sockets).attach(app.getHttpServer());
  return app;
}
