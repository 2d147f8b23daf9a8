import type { ResourceType } from '@sluice/core';

/** Where a resource is: its app, and its name with the way that calls of it come in. */
export interface ResourcePlace {
  readonly env: string;
  readonly app: string;
  readonly resource: string;
  readonly type: ResourceType;
}
