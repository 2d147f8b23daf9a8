import type { CallCounts } from '../process/call-counts.ts';
import { callJson } from '../process/call-json.ts';
import { shopperName } from './shoppers.ts';

interface Page {
  readonly pages: number;
  readonly books: readonly { readonly id: string }[];
}

export interface VisitPlan {
  readonly address: string | undefined;
  readonly orderPercent: number;
  readonly random: () => number;
  readonly fetch: typeof fetch;
}

const patienceMs = 3000;

/** A shopper opens a page, looks at a book of it and perhaps buys it. Throws when the shop has nothing to say. */
export async function visit(plan: VisitPlan, counts: CallCounts): Promise<void> {
  const { address, fetch } = plan;
  const call = { peer: 'storefront', address, fetch, timeoutMs: patienceMs } as const;
  const first = await callJson<Page>({ ...call, method: 'GET', path: '/books' }, counts);
  const wanted = Math.floor(plan.random() * first.pages) + 1;
  const page =
    wanted === 1
      ? first
      : await callJson<Page>({ ...call, method: 'GET', path: `/books?page=${wanted}` }, counts);
  const book = page.books[Math.floor(plan.random() * page.books.length)];
  if (!book) return;
  await callJson({ ...call, method: 'GET', path: `/books/${book.id}` }, counts);
  if (plan.random() * 100 >= plan.orderPercent) return;
  const quantity = plan.random() < 0.9 ? 1 : 2;
  const body = { customer: shopperName(plan.random()), book: book.id, quantity };
  await callJson({ ...call, method: 'POST', path: '/orders', body }, counts);
}
