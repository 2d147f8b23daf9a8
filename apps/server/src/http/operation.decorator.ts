import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import type { Contract } from '@sluice/protocol';

export const OPERATION = 'sluice:operation';

const methods = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  PATCH: RequestMethod.PATCH,
  DELETE: RequestMethod.DELETE,
} as const;

/**
 * Binds a controller's method to a contract: route, status, access, checks and documentation all come from it.
 * A route without one is refused by the guard, and a test that walks all routes fails.
 */
export function Operation(contract: Contract): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path: contract.path, method: methods[contract.method] }),
    HttpCode(contract.status),
    SetMetadata(OPERATION, contract),
  );
}
