import { contracts } from '@sluice/protocol';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.ts';

const worthRetrying = (error: unknown): boolean =>
  error instanceof Problem && (error.status === 0 || error.status >= 502);

/** One cache for the page. What is on screen stays there while it is read again. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended shows at the first read that fails; asking who is there brings the sign-in page.
    onError: (error, query) => {
      if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== contracts.whoAmI.id)
        void queryClient.invalidateQueries({ queryKey: [contracts.whoAmI.id] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      gcTime: 300_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => failures < 2 && worthRetrying(error),
      retryDelay: (failures) => 500 * 2 ** failures,
    },
    mutations: { retry: false },
  },
});
