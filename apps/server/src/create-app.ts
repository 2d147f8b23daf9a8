import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import { AppModule } from './app.module.ts';
import type { Env } from './env/env.ts';
import { makeLogger } from './env/make-logger.ts';
import { NestLog } from './env/nest-log.ts';
import { edge } from './http/edge.ts';
import { LastAnswers } from './http/last-answers.ts';
import { Sockets } from './http/sockets.ts';
import { serveStaticFiles } from './http/static-files.ts';
import { answerUnreadable } from './http/unreadable-request.ts';

/** The whole server, wired and not yet listening; `main` and every test start from here. */
export async function createApp(env: Env): Promise<NestExpressApplication> {
  const logger = makeLogger(env);
  const server = express();
  // An address has one spelling: whoever looks at a path (caching, the console's pages) sees what the router sees.
  server.set('case sensitive routing', true);
  const adapter = new ExpressAdapter(server);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(env, logger), adapter, {
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
    logger: new NestLog(logger),
  });
  app.set('trust proxy', env.trustProxy);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(app.get(LastAnswers).count);
  for (const step of edge) app.use(step);
  serveStaticFiles(app);
  answerUnreadable(app.getHttpServer());
  app.get(Sockets).attach(app.getHttpServer());
  return app;
}
