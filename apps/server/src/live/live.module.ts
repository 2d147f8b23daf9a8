import { Module } from '@nestjs/common';
import { LiveGateway } from './live.gateway.ts';
import { LiveHub } from './live-hub.ts';

/** Tells open pages what happens, as it happens. */
@Module({ providers: [LiveHub, LiveGateway] })
export class LiveModule {}
