import { contracts } from '@sluice/protocol';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.ts';

const worthRetrying = (error: unknown): boolean =>
  error instanceof Problem && (error.status === 0 || error.status >= 502);

/**
 * One cache for the page. What is on screen stays there while it is read again. Whether there is a network is found out
 * by asking: a browser that takes itself for offline may still reach a server beside it, and a write that waits for the
 * network would be carried out long after somebody gave it up.
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (query.queryKey[0] !== contracts.whoAmI.id) askWhoIsThere(error);
    },
  }),
  mutationCache: new MutationCache({ onError: (error) => askWhoIsThere(error) }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      gcTime: 300_000,
      networkMode: 'always',
      refetchOnWindowFocus: true,
      refetchOnReconnect: true,
      retry: (failures, error) => failures < 2 && worthRetrying(error),
      retryDelay: (failures) => 500 * 2 ** failures,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** A session that ended shows at the first call that fails; asking who is there brings the sign-in page. */
export function askWhoIsThere(error: unknown): void {
  if (error instanceof Problem && error.status === 401)
    void queryClient.invalidateQueries({ queryKey: [contracts.whoAmI.id] });
}
