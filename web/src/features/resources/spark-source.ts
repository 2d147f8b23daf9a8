import { contracts, type ResponseOf } from '@sluice/protocol';
import { queryOptions } from '@tanstack/react-query';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import type { ResourcePlace } from '../../parts/traffic/resource-place.ts';

/** The last five minutes in steps of ten seconds: little enough to ask for every row that is on screen. */
export const sparkOf = ({ env, app, resource, type }: ResourcePlace) =>
  queryOptions<ResponseOf<typeof contracts.getTraffic>, Problem>({
    queryKey: [contracts.getTraffic.id, { env, app, resource }, { type, span: 'spark' }],
    queryFn: ({ signal }) =>
      call(
        contracts.getTraffic,
        { params: { env, app, resource }, query: { type, stepMs: '10000' } },
        signal,
      ),
    refetchInterval: 10_000,
    staleTime: 10_000,
  });
