import { Module } from '@nestjs/common';
import { AlertKeeper } from './alert-keeper.ts';
import { AlertRetention } from './alert-retention.ts';
import { AlertSettings } from './alert-settings.ts';
import { AlertWatch } from './alert-watch.ts';
import { AlertsController } from './alerts.controller.ts';
import { AlertsRead } from './alerts.read.ts';
import { AlertsService } from './alerts.service.ts';
import { FleetFindings } from './findings/fleet-findings.ts';
import { KillFindings } from './findings/kill-findings.ts';
import { PushFindings } from './findings/push-findings.ts';
import { TrafficFindings } from './findings/traffic-findings.ts';
import { WebhookQueue } from './webhooks/webhook-queue.ts';
import { WebhookSender } from './webhooks/webhook-sender.ts';
import { WebhooksService } from './webhooks/webhooks.service.ts';

/** Tells people what goes wrong without their looking: alerts as rows, and webhooks that hear of them. */
@Module({
  controllers: [AlertsController],
  providers: [
    FleetFindings,
    PushFindings,
    TrafficFindings,
    KillFindings,
    AlertSettings,
    AlertWatch,
    AlertKeeper,
    AlertRetention,
    AlertsRead,
    AlertsService,
    WebhookSender,
    WebhookQueue,
    WebhooksService,
  ],
})
export class AlertsModule {}
