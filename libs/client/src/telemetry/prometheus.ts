import type { Sluice } from '../sluice.ts';
import { CallTotals } from './call-totals.ts';
import { type Attributes, defaultBoundsSec, defaultMaxResources } from './families.ts';
import { type PrometheusFamily, prometheusFamilies, textOf } from './prometheus-text.ts';

/** The registry of prom-client, as far as it is used. */
export interface PrometheusRegistry {
  // prom-client asks for its own classes; what it does with them is less.
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

export interface PrometheusOptions {
  /** `register` of prom-client: the metrics appear among the app's own. Without it, serve `text()`. */
  readonly registry?: PrometheusRegistry;
  /** Resources that are told by name, 500 when absent; later ones are told as one, `__other__`. */
  readonly maxResources?: number;
  /** Upper bounds of the buckets for durations, in seconds, rising; from 1 ms to 10 s when absent. */
  readonly buckets?: readonly number[];
}

export interface PrometheusMetrics {
  /** What `text` is, for the header. */
  readonly contentType: string;
  /** Everything in the text format of Prometheus, 0.0.4. */
  text(): string;
  /** Counts no more, and takes its metrics out of the registry. */
  close(): void;
}

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Tells Prometheus of the guarded calls of this process, from now on. Counts are at most a second old. Throws a
 * TypeError for bounds that don't rise: calls would be counted as faster than they were. A registry takes the metrics
 * of one client: for another one this throws, and leaves the registry as it was.
 */
export function tellPrometheus(sluice: Sluice, options: PrometheusOptions = {}): PrometheusMetrics {
  const { registry, maxResources = defaultMaxResources, buckets = defaultBoundsSec } = options;
  if (!buckets.every((bound, i) => Number.isFinite(bound) && bound > (buckets[i - 1] ?? 0)))
    throw new TypeError(
      `buckets are seconds above 0, each more than the one before, such as [0.01, 0.1, 1]; got [${buckets.join(', ')}]`,
    );
  const totals = new CallTotals(sluice, { maxResources, boundsSec: buckets });
  const families = prometheusFamilies(
    totals,
    buckets,
    oncePerTurn(() => sluice.guarding()),
  );
  try {
    if (registry) registerAll(registry, families);
  } catch (error) {
    totals.close();
    throw error;
  }
  return {
    contentType,
    text: () => textOf(families),
    close: () => {
      totals.close();
      if (registry) for (const { name } of families) registry.removeSingleMetric(name);
    },
  };
}

/** All of them, or none. */
function registerAll(registry: PrometheusRegistry, families: readonly PrometheusFamily[]): void {
  const registered: string[] = [];
  try {
    for (const family of families) {
      registry.registerMetric(asMetric(family) as never);
      registered.push(family.name);
    }
  } catch (error) {
    for (const name of registered) registry.removeSingleMetric(name);
    throw new Error(
      `tellPrometheus: this registry takes no metrics of a client (${(error as Error).message}). One that tells of another client already takes no second: give each its own Registry, with default labels that tell them apart, or close what the first call answered.`,
      { cause: error },
    );
  }
}

/** All families of one scrape tell of the same moment, and it is looked up once for them. */
function oncePerTurn<T extends object>(look: () => T): () => T {
  let found: T | undefined;
  return () => {
    if (found === undefined) {
      found = look();
      void Promise.resolve().then(() => {
        found = undefined;
      });
    }
    return found;
  };
}

interface RegisteredValue {
  readonly value: number;
  readonly labels: Attributes;
  readonly metricName?: string;
}

/** A metric as prom-client's registry asks for it: by its `get`. */
function asMetric(family: PrometheusFamily) {
  const { name, help, type } = family;
  const aggregator = family.isSummable ? ('sum' as const) : ('max' as const);
  const metric = {
    name,
    help,
    type,
    aggregator,
    get: async () => {
      const values: RegisteredValue[] = [];
      family.tell((plain, value, suffix, le) => {
        const labels = le === undefined ? plain : { ...plain, le };
        values.push({ value, labels, ...(suffix !== '' && { metricName: `${name}${suffix}` }) });
      });
      // A registry of OpenMetrics takes `_total` off the name, and puts it at the samples itself.
      return { name: metric.name, help, type, values, aggregator };
    },
    // What is counted here belongs to the client; a registry that is reset must not make its counts go back.
    reset: () => undefined,
  };
  return metric;
}
