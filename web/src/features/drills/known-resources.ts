import type { ResourceType } from '@sluice/core';
import { contracts, type Resource } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { read } from '../../lib/transport.ts';

/** A resource that calls were seen at, to be chosen by name. */
export interface KnownResource {
  readonly name: string;
  readonly type: ResourceType;
}

/** Resources of an app, as they are offered where one is named; undefined until they are known. */
export function useResources(env: string, app: string): readonly Resource[] | undefined {
  const resources = useQuery(read(contracts.listResources, { params: { env, app } }));
  return resources.data?.items ?? (resources.isError ? [] : undefined);
}
