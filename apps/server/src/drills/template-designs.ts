import type { ErrorText, ResourceType } from '@sluice/core';
import type { DrillCheck, DrillDefinition, DrillExpectation } from '@sluice/protocol';

/** A resource that a design is about: the names that it is meant for, and the types that would do as well. */
export interface Wanted {
  readonly names: readonly string[];
  readonly types: readonly ResourceType[];
}

export interface Chosen {
  readonly resource: string;
  readonly type: ResourceType;
}

export interface Design {
  readonly template: string;
  readonly title: ErrorText;
  readonly description: ErrorText;
  /** What is broken, and whose callers must not suffer. */
  readonly broken: Wanted;
  readonly seen: Wanted;
  make(broken: Chosen, seen: Chosen): DrillDefinition;
}

const charge: Wanted = { names: ['rpc:/bookstore.v1.Accounts/Charge'], types: ['outbound', 'rpc'] };
const stock: Wanted = {
  names: ['stock.available', 'GET /availability'],
  types: ['method', 'outbound', 'web'],
};
const pages: Wanted = { names: ['GET /books', 'GET /availability'], types: ['web', 'rpc', 'method'] };
const page: Wanted = { names: ['GET /books/:id', 'GET /availability'], types: ['web', 'method', 'rpc'] };

const exact = ({ resource, type }: Chosen) => ({ match: 'exact' as const, value: resource, type });
const errorsAtMost = (of: Chosen, atMost: number, windowS = 10): DrillCheck => ({
  metric: 'errorRatio',
  ...of,
  atMost,
  windowS,
});
const slowestAtMost = (of: Chosen, atMost: number): DrillCheck => ({
  metric: 'p99Ms',
  ...of,
  atMost,
  windowS: 10,
});
const always = (check: DrillCheck, afterS = 0): DrillExpectation => ({ ...check, afterS });
const opensWithin = (of: Chosen, withinS: number): DrillExpectation => ({
  metric: 'breakerOpen',
  ...of,
  atLeast: 1,
  windowS: 1,
  withinS,
  afterS: 0,
});

const usual = { budget: { share: 1 }, recoverWithinMs: 60_000 } as const;

/** Each can be run as it is in the bookstore, and is a beginning anywhere else. */
export const designs: readonly Design[] = [
  {
    template: 'slowPayment',
    title: { en: 'Slow payment', zh: '支付变慢' },
    description: {
      en: 'Every payment takes two seconds. The breaker before it should open, and whoever only browses should not notice.',
      zh: '每次支付耗时两秒。支付前的熔断器应打开，仅浏览的用户不应受影响。',
    },
    broken: charge,
    seen: pages,
    make: (broken, seen) => ({
      title: 'Slow payment',
      hypothesis:
        'While payments are slow the breaker before them opens within 45 s, and browsing stays as it is',
      deadlineMs: 90_000,
      faults: {
        slow: {
          resource: exact(broken),
          share: 1,
          seed: 1,
          fault: 'delay',
          delay: { distribution: 'normal', meanMs: 2000, stdDevMs: 200, maxMs: 3000 },
        },
      },
      targets: { by: 'percent', percent: 50 },
      steadyState: [errorsAtMost(seen, 0.05), slowestAtMost(seen, 2000)],
      expect: [opensWithin(broken, 45), always(errorsAtMost(seen, 0.05))],
      guards: [errorsAtMost(seen, 0.25, 5)],
      ...usual,
    }),
  },
  {
    template: 'stockErrors',
    title: { en: 'Stock fails', zh: '库存报错' },
    description: {
      en: 'Six of ten questions for the stock fail. Pages should be shown all the same, by the fallback of the breaker.',
      zh: '十次库存查询有六次失败。页面应由熔断器的降级照常显示。',
    },
    broken: stock,
    seen: page,
    make: (broken, seen) => ({
      title: 'Stock fails',
      hypothesis:
        'While the stock fails the breaker opens within 30 s, and pages are shown without the number of copies',
      deadlineMs: 60_000,
      faults: {
        failing: {
          resource: exact(broken),
          share: 0.6,
          seed: 2,
          fault: 'error',
          name: 'CallFailed',
          message: 'the stock does not answer (drill)',
        },
      },
      targets: { by: 'percent', percent: 50 },
      steadyState: [errorsAtMost(seen, 0.1), errorsAtMost(broken, 0.1)],
      expect: [opensWithin(broken, 30)],
      guards: [errorsAtMost(seen, 0.75, 5)],
      ...usual,
    }),
  },
  {
    template: 'accountsHang',
    title: { en: 'Accounts hang', zh: '账户无响应' },
    description: {
      en: 'Half of the calls to accounts never answer. Callers should give up by their own timeout, and pages stay quick.',
      zh: '一半的账户调用没有应答。调用方应按自己的超时放弃，页面应保持流畅。',
    },
    broken: charge,
    seen: pages,
    make: (broken, seen) => ({
      title: 'Accounts hang',
      hypothesis: 'Callers give up by themselves: nothing piles up, and pages stay quick',
      deadlineMs: 60_000,
      faults: { hanging: { resource: exact(broken), share: 0.5, seed: 3, fault: 'hang' } },
      targets: { by: 'count', count: 1 },
      steadyState: [errorsAtMost(seen, 0.05), slowestAtMost(seen, 2000)],
      // That callers give up shows in how long the calls themselves take at most.
      expect: [
        always(errorsAtMost(seen, 0.05)),
        always(slowestAtMost(seen, 3000), 5),
        always(slowestAtMost(broken, 5000), 15),
      ],
      guards: [errorsAtMost(seen, 0.25, 5)],
      ...usual,
    }),
  },
  {
    template: 'eventLoopBlocked',
    title: { en: 'Event loop blocked', zh: '事件循环阻塞' },
    description: {
      en: 'One request of four computes for 300 ms and holds up all others of its process.',
      zh: '每四个请求有一个计算 300 毫秒，阻塞同一进程的其他请求。',
    },
    broken: pages,
    seen: pages,
    make: (broken, seen) => ({
      title: 'Event loop blocked',
      hypothesis: 'One busy process does not fail anybody: calls get slower, none is lost',
      deadlineMs: 45_000,
      faults: {
        busy: { resource: exact(broken), share: 0.25, seed: 4, fault: 'blockEventLoop', ms: 300 },
      },
      targets: { by: 'count', count: 1 },
      steadyState: [errorsAtMost(seen, 0.05), slowestAtMost(seen, 2000)],
      expect: [always(errorsAtMost(seen, 0.05)), always(slowestAtMost(seen, 4000), 5)],
      guards: [errorsAtMost(seen, 0.25, 5)],
      ...usual,
    }),
  },
  {
    template: 'cacheCold',
    title: { en: 'Cold cache', zh: '缓存失效' },
    description: {
      en: 'Most answers take as long as if nothing were cached: half of them 150 ms more, a few nearly a second.',
      zh: '多数应答如同没有缓存：一半多花 150 毫秒，少数接近一秒。',
    },
    broken: page,
    seen: page,
    make: (broken, seen) => ({
      title: 'Cold cache',
      hypothesis: 'Slower answers fail nobody, and all is as before once the cache is warm',
      deadlineMs: 60_000,
      faults: {
        cold: {
          resource: exact(broken),
          share: 0.8,
          seed: 5,
          fault: 'delay',
          delay: {
            distribution: 'percentiles',
            points: [
              [0, 40],
              [50, 150],
              [90, 400],
              [99, 900],
              [100, 1200],
            ],
          },
        },
      },
      targets: { by: 'percent', percent: 50 },
      steadyState: [errorsAtMost(seen, 0.1), slowestAtMost(seen, 2000)],
      expect: [always(errorsAtMost(seen, 0.1)), always(slowestAtMost(seen, 4000), 5)],
      guards: [errorsAtMost(seen, 0.5, 5)],
      ...usual,
    }),
  },
];
