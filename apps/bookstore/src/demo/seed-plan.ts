import { houseCatalogue } from '../storefront/house-catalogue.ts';
import type { Item, SeedApp, SeedNamespace, Value } from './seed-app.ts';
import { accountsRules, stockRules, storefrontRules, trafficRules } from './seed-rules.ts';

const number = (value: number, min: number, max: number, description: string): Item => ({
  type: 'number',
  value,
  min,
  max,
  description,
});
const flag = (value: boolean, description: string): Item => ({ type: 'boolean', value, description });

/** A namespace of items whose later releases each change a few values of the first one. */
function itemsNamespace(
  name: string,
  description: string,
  first: Readonly<Record<string, Item>>,
  ...changes: readonly { readonly message: string; readonly set: Readonly<Record<string, Value>> }[]
): SeedNamespace {
  let items = first;
  const history = [{ message: 'First settings', content: { kind: 'map' as const, items } }];
  for (const { message, set } of changes) {
    items = Object.fromEntries(
      Object.entries(items).map(([key, item]) => [key, { ...item, value: set[key] ?? item.value }]),
    );
    history.push({ message, content: { kind: 'map', items } });
  }
  return { name, description, history };
}

const catalogueSchema = {
  type: 'object',
  required: ['books'],
  properties: {
    books: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'title', 'author', 'genre', 'priceCents'],
        properties: {
          id: { type: 'string', pattern: '^[a-z0-9-]{1,64}$' },
          title: { type: 'string' },
          author: { type: 'string' },
          genre: { type: 'string' },
          priceCents: { type: 'integer', minimum: 0 },
        },
      },
    },
  },
};

const storefront: SeedApp = {
  name: 'storefront',
  title: 'Storefront',
  owner: 'shop team',
  namespaces: [
    itemsNamespace(
      'shop',
      'What visitors see: pages, prices, recommendations',
      {
        pageSize: number(10, 1, 100, 'Books on a page'),
        discountPercent: number(0, 0, 90, 'Taken off every price'),
        recommendations: flag(true, 'Recommend other books beside a book'),
        recommendationCount: number(3, 0, 12, 'How many'),
      },
      { message: 'Bigger pages: most screens have the room', set: { pageSize: 12 } },
      { message: 'Summer sale', set: { discountPercent: 15 } },
      { message: 'Summer sale is over', set: { discountPercent: 0 } },
    ),
    itemsNamespace(
      'calls',
      'How long the storefront waits for others',
      {
        stockTimeoutMs: number(250, 10, 10_000, 'For one call to stock'),
        accountsTimeoutMs: number(400, 10, 10_000, 'For one call to accounts'),
      },
      { message: 'The bank is slow on Monday mornings: wait longer', set: { accountsTimeoutMs: 800 } },
    ),
    {
      name: 'banner',
      description: 'The line on top of every page',
      history: [
        {
          message: 'First banner',
          content: { kind: 'document', format: 'text', text: 'Welcome to the bookstore.' },
        },
        {
          message: 'Delivery is free this week',
          content: { kind: 'document', format: 'text', text: 'This week we deliver for free.' },
        },
      ],
    },
    {
      name: 'catalogue',
      description: 'All books and their prices',
      schema: catalogueSchema,
      history: [
        {
          message: 'Opening catalogue',
          content: {
            kind: 'document',
            format: 'json',
            text: `${JSON.stringify({ books: houseCatalogue }, null, 2)}\n`,
          },
        },
      ],
    },
    storefrontRules,
  ],
};

const stock: SeedApp = {
  name: 'stock',
  title: 'Stock',
  owner: 'logistics team',
  namespaces: [
    itemsNamespace(
      'warehouse',
      'How a warehouse works',
      {
        shelfSize: number(40, 0, 10_000, 'Copies of a title on a full shelf'),
        restockEverySec: number(30, 1, 86_400, 'How often the publisher delivers'),
        maxPerOrder: number(5, 1, 100, 'Copies of one title in one order'),
        holdSec: number(300, 1, 3600, 'How long a reservation is held'),
        lookMs: number(20, 0, 10_000, 'How long it takes to look at a shelf'),
      },
      { message: 'Carts are paid within two minutes: hold shorter', set: { holdSec: 120 } },
    ),
    stockRules,
  ],
};

const accounts: SeedApp = {
  name: 'accounts',
  title: 'Accounts',
  owner: 'payments team',
  namespaces: [
    itemsNamespace(
      'billing',
      'What accounts may spend',
      {
        allowanceCents: number(50_000, 0, 10_000_000, 'What an account is filled up to'),
        allowanceEverySec: number(300, 1, 86_400, 'How often it is filled up'),
        maxChargeCents: number(20_000, 1, 1_000_000, 'The most that one charge may take'),
        settlementMs: number(20, 0, 10_000, 'How long the bank takes for a charge'),
      },
      { message: 'The bank has moved closer', set: { settlementMs: 8 } },
    ),
    accountsRules,
  ],
};

const traffic: SeedApp = {
  name: 'traffic',
  title: 'Traffic',
  owner: 'demo',
  namespaces: [
    itemsNamespace('shoppers', 'How busy the bookstore is', {
      open: flag(true, 'Whether shoppers come at all'),
      visitsPerSec: number(6, 0, 500, 'Visits in a second, on average'),
      orderPercent: number(30, 0, 100, 'How many of them buy'),
    }),
    trafficRules,
  ],
};

/** The bookstore as the demo finds it on its first start. */
export const seedApps: readonly SeedApp[] = [storefront, stock, accounts, traffic];

/** Where the fleet runs, and a second one to compare with. */
export const environments = { fleet: 'prod', other: 'staging' } as const;
