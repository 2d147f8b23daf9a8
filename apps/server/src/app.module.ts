import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessModule } from './access/access.module.ts';
import { AlertsModule } from './alerts/alerts.module.ts';
import { AuditModule } from './audit/audit.module.ts';
import { CatalogModule } from './catalog/catalog.module.ts';
import { DatabaseModule } from './database/database.module.ts';
import { DeliveryModule } from './delivery/delivery.module.ts';
import { DrillsModule } from './drills/drills.module.ts';
import { entities } from './entities.ts';
import { EnvModule } from './env/env.module.ts';
import type { Env } from './env/env.ts';
import { FeedModule } from './feed/feed.module.ts';
import { FleetModule } from './fleet/fleet.module.ts';
import { GuardingModule } from './guarding/guarding.module.ts';
import { GuardrailsModule } from './guardrails/guardrails.module.ts';
import { HttpModule } from './http/http.module.ts';
import { LiveModule } from './live/live.module.ts';
import { PushesModule } from './pushes/pushes.module.ts';
import { ReleasesModule } from './releases/releases.module.ts';
import { ScriptsModule } from './scripts/scripts.module.ts';
import { StoryModule } from './story/story.module.ts';
import { TrafficModule } from './traffic/traffic.module.ts';

/** The table of contents: each room of the server, and a room knows only those above it. */
@Module({})
export class AppModule {
  static with(env: Env, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EnvModule.with(env, logger),
        DatabaseModule.with(entities),
        HttpModule,
        AuditModule,
        AccessModule,
        FeedModule,
        CatalogModule,
        ReleasesModule,
        FleetModule,
        PushesModule,
        DeliveryModule,
        TrafficModule,
        GuardrailsModule,
        GuardingModule,
        DrillsModule,
        ScriptsModule,
        AlertsModule,
        StoryModule,
        LiveModule,
      ],
    };
  }
}
