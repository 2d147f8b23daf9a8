import type { SeedNamespace } from './seed-app.ts';

type Mode = 'off' | 'monitor' | 'intercept';

const about = (value: string, type: 'web' | 'rpc' | 'outbound' | 'method') => ({
  resource: { match: 'exact', value, type },
});
const everything = { resource: { match: 'glob', value: '**' } };
const charge = '/bookstore.v1.Accounts/Charge';

/** Rules that stop something at first only watched, as they should. */
const storefrontAt = (mode: Mode): Readonly<Record<string, object>> => ({
  orderPace: {
    ...about('POST /orders', 'web'),
    kind: 'limit',
    mode,
    algorithm: 'leakyBucket',
    limit: 5,
    intervalMs: 1000,
    maxQueueMs: 800,
    maxQueueLength: 20,
    description: 'Orders one after the other, five a second; who comes too early waits a moment',
  },
  stockBreaker: {
    ...about('stock.available', 'method'),
    kind: 'breaker',
    mode,
    strategy: 'errorRatio',
    threshold: 0.5,
    minCalls: 10,
    windowMs: 10_000,
    openMs: 5000,
    onBlock: { answer: 'fallback', name: 'copiesUnknown' },
    description: 'Books are shown without the number of copies while the warehouses fail',
  },
  bankBreaker: {
    ...about(`rpc:${charge}`, 'outbound'),
    kind: 'breaker',
    mode,
    strategy: 'slowCallRatio',
    slowMs: 700,
    threshold: 0.5,
    minCalls: 6,
    windowMs: 20_000,
    openMs: 3000,
    onBlock: { answer: 'fallback', name: 'payLater' },
    description: 'While half of the charges take too long, books are sold on account and paid later',
  },
});

const watched: Readonly<Record<string, object>> = {
  browsePace: {
    ...about('GET /books', 'web'),
    kind: 'limit',
    mode: 'monitor',
    algorithm: 'tokenBucket',
    limit: 2,
    intervalMs: 1000,
    burst: 3,
    description:
      'Would two pages a second do for one process? Only watched, to see before anybody is refused',
  },
};

const prepared: Readonly<Record<string, object>> = {
  skipStock: {
    ...about('stock.available', 'method'),
    kind: 'degrade',
    mode: 'off',
    onBlock: { answer: 'value', value: 'unknown' },
    description: 'For the day of a sale: switch it on, and the warehouses are not asked for each page',
  },
};

export const storefrontRules: SeedNamespace = {
  name: 'protection',
  description: 'What protects the shop: pace of orders, breakers, a watched limit',
  history: [
    {
      message: 'First rules, all of them only watching',
      content: { kind: 'rules', items: { ...storefrontAt('monitor'), ...watched } },
    },
    {
      message: 'A quiet week: orders and breakers are in earnest now',
      content: { kind: 'rules', items: { ...storefrontAt('intercept'), ...watched, ...prepared } },
    },
  ],
};

export const stockRules: SeedNamespace = {
  name: 'protection',
  description: 'What protects a warehouse',
  history: [
    {
      message: 'First rules',
      content: {
        kind: 'rules',
        items: {
          reserving: {
            ...about('POST /reservations', 'web'),
            kind: 'limit',
            mode: 'intercept',
            algorithm: 'concurrency',
            max: 50,
            queue: 50,
            maxQueueMs: 200,
            description: 'Reservations at a time',
          },
          overload: {
            ...everything,
            kind: 'system',
            mode: 'monitor',
            signal: 'eventLoopLagMs',
            threshold: 200,
            fullAt: 1000,
            description: 'Would requests be shed while the process is busy with itself?',
          },
        },
      },
    },
  ],
};

export const accountsRules: SeedNamespace = {
  name: 'protection',
  description: 'What protects the accounts',
  history: [
    {
      message: 'First rules',
      content: {
        kind: 'rules',
        items: {
          charges: {
            ...about(`rpc:${charge}`, 'rpc'),
            kind: 'limit',
            mode: 'intercept',
            algorithm: 'tokenBucket',
            limit: 200,
            intervalMs: 1000,
            scope: 'cluster',
            description: 'What the bank takes from all processes together',
          },
        },
      },
    },
  ],
};

const calmSource = `// Asked every ten seconds: halves the limit of visits while a tenth of them fails.
function policy(stats) {
  return { visits: { limit: stats['stat.errorRatio'] > 0.1 ? 50 : 100 } };
}
`;

export const trafficRules: SeedNamespace = {
  name: 'protection',
  description: 'How the shoppers hold back by themselves',
  history: [
    {
      message: 'First rules',
      content: {
        kind: 'rules',
        items: {
          visits: {
            ...about('GET storefront/books', 'outbound'),
            kind: 'limit',
            mode: 'monitor',
            algorithm: 'slidingWindow',
            limit: 100,
            windowMs: 1000,
            description: 'Pages that are opened in a second',
          },
          calm: {
            ...about('GET storefront/books', 'outbound'),
            kind: 'script',
            role: 'policy',
            mode: 'monitor',
            everyMs: 10_000,
            source: calmSource,
            inputs: ['stat.errorRatio'],
            description: 'A policy: computes the limit of the rule beside it from what calls came to',
          },
        },
      },
    },
  ],
};
