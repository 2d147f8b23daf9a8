import {
  type BatchObservableResult,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
  type Observable,
} from '@opentelemetry/api';
import type { Unsubscribe } from '../config/change-meta.ts';
import type { ResourceCalls } from '../report/calls-second.ts';
import type { Sluice } from '../sluice.ts';
import { clientVersion } from '../version.ts';
import { CallTotals } from './call-totals.ts';
import {
  defaultBoundsSec,
  defaultMaxResources,
  durationHelp,
  durationName,
  type Family,
  families,
  placeAttributes,
} from './families.ts';
import { tellSpans } from './tell-spans.ts';

export interface OpenTelemetryOptions {
  /** Where instruments are made; the one that the app has registered when absent. */
  readonly meterProvider?: MeterProvider;
  /** Resources that are told by name, 500 when absent; later ones are told as one, `__other__`. */
  readonly maxResources?: number;
  /** False: active spans are left as they are. */
  readonly spans?: boolean;
}

/** Durations that are recorded of one resource in one second; of more calls, a part that stands for all. */
const mostRecorded = 1000;

/**
 * Tells OpenTelemetry of the guarded calls of this process, from now on, through the providers that the app has
 * registered, or registers later: metrics, and what was decided on the span that is active in a call that is blocked or would have been.
 * Answers the way to end it.
 */
export function tellOpenTelemetry(sluice: Sluice, options: OpenTelemetryOptions = {}): Unsubscribe {
  const { meterProvider, maxResources = defaultMaxResources, spans = true } = options;
  const totals = new CallTotals(sluice, { maxResources, boundsSec: [] });
  let told = instrumentsOf(meterProvider ?? metrics.getMeterProvider(), totals, sluice);
  const stops = [
    () => told.stop(),
    sluice.on('calls', ({ resources }) => {
      // Spans find an SDK that is registered later by themselves; meters don't.
      const provider = meterProvider ?? metrics.getMeterProvider();
      if (provider !== told.provider) {
        told.stop();
        told = instrumentsOf(provider, totals, sluice);
      }
      for (const calls of resources) record(told.histogram, totals.nameOf(calls.resource, calls.type), calls);
    }),
    ...(spans ? tellSpans(sluice) : []),
    () => totals.close(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** What metrics are told through, made by one provider. */
interface Instruments {
  readonly provider: MeterProvider;
  readonly histogram: Histogram;
  readonly stop: Unsubscribe;
}

function instrumentsOf(provider: MeterProvider, totals: CallTotals, sluice: Sluice): Instruments {
  const meter = provider.getMeter('@sluice/client', clientVersion);
  const stop = observe(meter, totals, sluice);
  const histogram = meter.createHistogram(durationName, {
    unit: 's',
    description: durationHelp,
    advice: { explicitBucketBoundaries: [...defaultBoundsSec] },
  });
  return { provider, histogram, stop };
}

function observe(meter: Meter, totals: CallTotals, sluice: Sluice): Unsubscribe {
  const told = families.map((family) => ({ family, instrument: instrumentOf(meter, family) }));
  const tell = (result: BatchObservableResult): void => {
    const guarding = sluice.guarding();
    for (const { family, instrument } of told)
      family.tell(totals, guarding, (attributes, value) => result.observe(instrument, value, attributes));
  };
  const instruments = told.map(({ instrument }) => instrument);
  meter.addBatchObservableCallback(tell, instruments);
  return () => meter.removeBatchObservableCallback(tell, instruments);
}

function instrumentOf(meter: Meter, { name, unit, help, kind }: Family): Observable {
  const options = { unit, description: help };
  if (kind === 'counter') return meter.createObservableCounter(name, options);
  return kind === 'gauge'
    ? meter.createObservableGauge(name, options)
    : meter.createObservableUpDownCounter(name, options);
}

/** Durations are known by the bounds that they lay below; within these they are shifted so that their sum is right. */
function record(histogram: Histogram, name: string, { type, durations, durationMs }: ResourceCalls): void {
  let [calls, boundsMs] = [0, 0];
  for (const [belowMs, count] of durations) {
    calls += count;
    boundsMs += belowMs * count;
  }
  const shift = boundsMs > 0 ? Math.min(1, durationMs / boundsMs) : 1;
  const part = Math.min(1, mostRecorded / Math.max(1, calls));
  const attributes = placeAttributes(name, type);
  // Of many calls each so many-th, counted from one by chance: a slow one among thousands is as rare in the part.
  let taken = part < 1 ? Math.random() : 0;
  for (const [belowMs, count] of durations) {
    taken += count * part;
    for (; taken >= 1; taken -= 1) histogram.record((belowMs * shift) / 1000, attributes);
  }
}
