import { contracts, type Environment } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { read } from '../lib/transport.ts';

/** Where a namespace is, in the words of the API's paths. */
export interface NamespacePlace {
  readonly env: string;
  readonly app: string;
  readonly ns: string;
}

/** An environment by its name, once the list of them is known. */
export function useEnvironment(name: string): Environment | undefined {
  const environments = useQuery({ ...read(contracts.listEnvironments), staleTime: 30_000 });
  return environments.data?.items.find((each) => each.name === name);
}
