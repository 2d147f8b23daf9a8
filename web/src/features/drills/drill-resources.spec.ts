import { describe, expect, it } from '@jest/globals';
import { drillDefinition } from '@sluice/protocol';
import { drillResources } from './drill-resources.ts';

const definition = drillDefinition.parse({
  title: 'Slow payments',
  hypothesis: 'Orders go on',
  deadlineMs: 10_000,
  faults: {
    slow: {
      fault: 'delay',
      delay: { distribution: 'fixed', ms: 100 },
      share: 1,
      resource: { match: 'prefix', value: 'pay' },
    },
  },
  targets: { by: 'all' },
  steadyState: [{ metric: 'errorRatio', resource: 'POST /orders', type: 'web', atMost: 0.1 }],
  expect: [{ metric: 'errorRatio', resource: 'stock.take', app: 'stock', atMost: 0.1 }],
  guards: [{ metric: 'errorRatio', resource: 'pay.charge', atMost: 0.9 }],
});
const known = [
  { name: 'POST /orders', type: 'web' },
  { name: 'POST /orders', type: 'method' },
  { name: 'stock.take', type: 'outbound' },
  { name: 'pay.charge', type: 'outbound' },
] as const;

describe('the resources of a drill', () => {
  it('are those that it breaks, then those of the app that it looks at, each once', () => {
    expect(drillResources(definition, 'shop', known)).toEqual([known[3], known[0]]);
  });

  it('are none where no calls were seen', () => {
    expect(drillResources(definition, 'shop', [])).toEqual([]);
  });
});
