import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Contract } from '@sluice/protocol';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';
import { masked } from '../env/sealed-value.ts';
import { OPERATION } from './operation.decorator.ts';

/**
 * Checks every answer against its contract: a field that the contract doesn't know never leaves the server. What is
 * still sealed in it is masked here, in one place for all of them.
 */
@Injectable()
export class ResponseInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const contract = Reflect.getMetadata(OPERATION, context.getHandler()) as Contract | undefined;
    return contract === undefined
      ? next.handle()
      : next
          .handle()
          .pipe(
            map((answer) => (isNotModified(context) ? undefined : masked(contract.response.parse(answer)))),
          );
  }
}

const isNotModified = (context: ExecutionContext): boolean =>
  context.switchToHttp().getResponse<Response>().statusCode === 304;
