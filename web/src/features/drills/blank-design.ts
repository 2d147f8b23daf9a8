import type { DrillCheck, DrillDefinition, Resource } from '@sluice/protocol';

/** What a design of nothing is about. */
export interface BlankWords {
  readonly title: string;
  readonly hypothesis: string;
}

/**
 * A design to begin with that fits the app: its busiest resource is slowed down in one instance for a minute, and it
 * is given up as soon as a quarter of the calls fail.
 */
export function blankDesign(resources: readonly Resource[], words: BlankWords): DrillDefinition {
  const callsOf = ({ minute }: Resource): number => minute?.passed ?? 0;
  const busiest = [...resources].sort((a, b) => callsOf(b) - callsOf(a))[0];
  const about = { resource: busiest?.resource ?? '', ...(busiest && { type: busiest.type }) };
  const errors = (atMost: number, windowS: number): DrillCheck => ({
    metric: 'errorRatio',
    ...about,
    atMost,
    windowS,
  });
  return {
    ...words,
    deadlineMs: 60_000,
    faults: {
      slow: {
        resource: { match: 'exact', value: about.resource, ...(busiest && { type: busiest.type }) },
        share: 0.5,
        fault: 'delay',
        delay: { distribution: 'fixed', ms: 500 },
      },
    },
    targets: { by: 'count', count: 1 },
    steadyState: [errors(0.05, 10)],
    expect: [],
    guards: [errors(0.25, 5)],
    budget: { share: 1 },
    recoverWithinMs: 60_000,
  };
}
