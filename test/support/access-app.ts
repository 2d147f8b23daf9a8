import 'reflect-metadata';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { accessEntities } from '../../apps/server/src/access/access.entities.ts';
import { AccessModule } from '../../apps/server/src/access/access.module.ts';
import { auditEntities } from '../../apps/server/src/audit/audit.entity.ts';
import { AuditModule } from '../../apps/server/src/audit/audit.module.ts';
import { DatabaseModule } from '../../apps/server/src/database/database.module.ts';
import { EnvModule } from '../../apps/server/src/env/env.module.ts';
import type { Env } from '../../apps/server/src/env/env.ts';
import { makeLogger } from '../../apps/server/src/env/make-logger.ts';
import { feedEntities } from '../../apps/server/src/feed/change.entity.ts';
import { edge } from '../../apps/server/src/http/edge.ts';
import { HttpModule } from '../../apps/server/src/http/http.module.ts';

@Module({})
class Rooms {}

/** The rooms up to access with other controllers behind the same guard, for routes that the server doesn't have. */
export async function createAccessApp(env: Env, controllers: Type[]): Promise<NestExpressApplication> {
  const module: DynamicModule = {
    module: Rooms,
    imports: [
      EnvModule.with(env, makeLogger(env)),
      DatabaseModule.with([...auditEntities, ...accessEntities, ...feedEntities]),
      HttpModule,
      AuditModule,
      AccessModule,
    ],
    controllers,
  };
  const app = await NestFactory.create<NestExpressApplication>(module, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.set('trust proxy', env.trustProxy);
  app.set('query parser', 'simple');
  for (const step of edge) app.use(step);
  return app;
}
