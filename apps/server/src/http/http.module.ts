import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { ApiDocsController } from './api-docs.controller.ts';
import { ErrorFilter } from './error.filter.ts';
import { HealthController } from './health.controller.ts';
import { LastAnswers } from './last-answers.ts';
import { ResponseInterceptor } from './response.interceptor.ts';
import { Sockets } from './sockets.ts';

@Global()
@Module({
  controllers: [ApiDocsController, HealthController],
  providers: [
    Sockets,
    LastAnswers,
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_INTERCEPTOR, useClass: ResponseInterceptor },
  ],
  exports: [Sockets],
})
export class HttpModule {}
