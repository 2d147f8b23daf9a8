import type { Shop } from './stage.ts';

const patienceMs = 5000;
/** The program that reads the catalogue faster than any person; told apart by its header. */
const robot = 'bookworm';

export interface Page {
  readonly status: number;
  readonly discountPercent?: number;
  /** Of a refusal: leads to what the rule saw. */
  readonly decisionId?: string;
}

/** Opens the first page of a shop, as a customer or as the robot. */
export async function openPage(shop: Shop, as: 'customer' | 'robot' = 'customer'): Promise<Page> {
  const response = await fetch(`${shop.url}/books`, {
    signal: AbortSignal.timeout(patienceMs),
    headers: as === 'robot' ? { 'user-agent': robot } : {},
  });
  const body = (await response.json().catch(() => ({}))) as { discountPercent?: number; decisionId?: string };
  const decisionId = body.decisionId;
  return {
    status: response.status,
    ...(body.discountPercent !== undefined && { discountPercent: body.discountPercent }),
    ...(decisionId && { decisionId }),
  };
}

/** What each shop takes off now, as its own page says. */
export const discounts = (shops: readonly Shop[]): Promise<readonly number[]> =>
  Promise.all(shops.map(async (shop) => (await openPage(shop)).discountPercent ?? Number.NaN));

/** The robot at work: so many pages of one shop, one right after the other. */
export async function readQuickly(shop: Shop, pages: number): Promise<readonly Page[]> {
  const read: Page[] = [];
  for (let i = 0; i < pages; i++) read.push(await openPage(shop, 'robot'));
  return read;
}

/** The rule that is put before the robot: customers never meet it. */
export const robotRule = (mode: 'monitor' | 'intercept'): object => ({
  kind: 'limit',
  resource: { match: 'exact', value: 'GET /books', type: 'web' },
  when: { on: 'header', name: 'user-agent', op: 'prefix', value: robot },
  mode,
  algorithm: 'tokenBucket',
  limit: 2,
  intervalMs: 1000,
  burst: 3,
  description: 'Two pages a second for programs that read the catalogue; people are not meant',
});
