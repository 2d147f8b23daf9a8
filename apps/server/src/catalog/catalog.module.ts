import { Global, Module } from '@nestjs/common';
import { CatalogRead } from './catalog.read.ts';

@Global()
@Module({ providers: [CatalogRead], exports: [CatalogRead] })
export class CatalogModule {}
