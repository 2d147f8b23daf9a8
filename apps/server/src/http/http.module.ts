import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { ApiDocsController } from './api-docs.controller.ts';
import { ErrorFilter } from './error.filter.ts';
import { ResponseInterceptor } from './response.interceptor.ts';

@Module({
  controllers: [ApiDocsController],
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_INTERCEPTOR, useClass: ResponseInterceptor },
  ],
})
export class HttpModule {}
