import type { Sorting } from './data-table.tsx';

/** How a list is sorted, as it lies in the address of its page. */
export interface SortSearch {
  readonly sort?: string | undefined;
  readonly up?: string | undefined;
}

/** The order of a list that lives in the address: `go` opens the page with another one. */
export const sortingIn = ({ sort, up }: SortSearch, go: (next: SortSearch) => void): Sorting => ({
  by: sort,
  isUp: up === '1',
  change: (by, isUp) => go({ sort: by, up: isUp ? '1' : undefined }),
});
