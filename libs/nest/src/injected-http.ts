import { HttpException } from '@nestjs/common';
import { InjectedError } from '@sluice/client';

/** A call that a fault of a drill broke, as the exception that Nest answers with the status of the fault. */
export function injectedHttp(error: unknown): unknown {
  if (!(error instanceof InjectedError) || error.statusCode === undefined) return error;
  return new HttpException(error.message, error.statusCode, { cause: error });
}
