import { Global, Module } from '@nestjs/common';
import { Feed } from './feed.ts';

@Global()
@Module({ providers: [Feed], exports: [Feed] })
export class FeedModule {}
