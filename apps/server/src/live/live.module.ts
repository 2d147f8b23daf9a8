import { Module } from '@nestjs/common';
import { LiveGateway } from './live.gateway.ts';
import { LiveHub } from './live-hub.ts';
import { ReleasedRead } from './released.read.ts';

/** Tells open pages what happens, as it happens. */
@Module({ providers: [LiveHub, LiveGateway, ReleasedRead] })
export class LiveModule {}
