import { Global, Module } from '@nestjs/common';
import { ReleasesRead } from './releases.read.ts';

@Global()
@Module({ providers: [ReleasesRead], exports: [ReleasesRead] })
export class ReleasesModule {}
