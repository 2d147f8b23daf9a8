import { Global, Module } from '@nestjs/common';
import { Doorbell } from './doorbell.ts';
import { Feed } from './feed.ts';

@Global()
@Module({ providers: [Doorbell, Feed], exports: [Doorbell, Feed] })
export class FeedModule {}
