import { Module } from '@nestjs/common';
import { DrillHub } from './drill-hub.ts';
import { KillHub } from './kill-hub.ts';
import { LiveGateway } from './live.gateway.ts';
import { LiveHub } from './live-hub.ts';
import { ReleasedRead } from './released.read.ts';
import { TrafficHub } from './traffic-hub.ts';

/** Tells open pages what happens, as it happens. */
@Module({ providers: [LiveHub, LiveGateway, ReleasedRead, TrafficHub, KillHub, DrillHub] })
export class LiveModule {}
