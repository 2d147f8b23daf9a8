import type { CallInput, Contracts } from '@sluice/protocol';

const app = 'orders';
const place = { env: 'prod', app };
const page = { limit: '5', before: '100' };

export const drillDesign = {
  title: 'Slow payment',
  hypothesis: 'it stays as it is',
  deadlineMs: 60_000,
  faults: {
    slow: {
      resource: { match: 'exact' as const, value: 'pay', type: 'rpc' as const },
      when: { on: 'origin' as const, op: 'equals' as const, value: 'shop' },
      priority: 1,
      description: 'slow',
      share: 0.5,
      seed: 7,
      fault: 'delay' as const,
      delay: { distribution: 'fixed' as const, ms: 100 },
    },
  },
  targets: { by: 'percent' as const, percent: 50, among: 'zone=near' },
  steadyState: [
    {
      metric: 'errorRatio' as const,
      resource: 'pay',
      type: 'rpc' as const,
      app,
      atMost: 0.5,
      atLeast: 0,
      windowS: 5,
    },
  ],
  expect: [
    {
      metric: 'p99Ms' as const,
      resource: 'pay',
      type: 'rpc' as const,
      app,
      atMost: 500,
      windowS: 5,
      withinS: 20,
      afterS: 1,
    },
  ],
  guards: [{ metric: 'blockShare' as const, resource: 'pay', atMost: 0.5, windowS: 5 }],
  budget: { share: 0.5, instances: 10 },
  recoverWithinMs: 5000,
};

type OfDrills = Extract<keyof Contracts, `${string}Drill${string}`>;

/** A request for each contract about drills, with every optional field filled. */
export const soundDrills = (known: {
  readonly drill: string;
}): { readonly [Id in OfDrills]: CallInput<Contracts[Id]> } => ({
  listDrills: { params: place, query: { ...page, state: 'open' } },
  listDrillTemplates: { params: place },
  planDrill: { params: place, body: { definition: drillDesign } },
  createDrill: { params: place, body: { definition: drillDesign } },
  getDrill: { params: { ...place, drill: known.drill } },
  changeDrill: { params: { ...place, drill: known.drill }, body: { definition: drillDesign } },
  deleteDrill: { params: { ...place, drill: known.drill } },
  checkDrill: { params: { ...place, drill: known.drill } },
  startDrill: { params: { ...place, drill: known.drill } },
  abortDrill: { params: { ...place, drill: known.drill }, body: { reason: 'enough' } },
  getDrillReport: { params: { ...place, drill: known.drill } },
  getDrillMarkdown: { params: { ...place, drill: known.drill }, query: { language: 'zh' } },
  compareDrills: { params: { ...place, drill: known.drill }, query: { with: known.drill } },
});
