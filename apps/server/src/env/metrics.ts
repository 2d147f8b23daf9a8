import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What this node measures of itself, in Prometheus terms. Labels have few values: never an instance or a key. */
export class Metrics {
  readonly registry = new Registry();

  readonly instancesOnline = new Gauge({
    name: 'sluice_instances_online',
    help: 'Instances connected to this node',
    labelNames: ['environment', 'app'],
    registers: [this.registry],
  });
  readonly pushes = new Counter({
    name: 'sluice_pushes_settled_total',
    help: 'Pushes that came to a verdict, by verdict',
    labelNames: ['state'],
    registers: [this.registry],
  });
  readonly applySeconds = new Histogram({
    name: 'sluice_apply_seconds',
    help: 'From sending a delivery to its ack',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly acks = new Counter({
    name: 'sluice_acks_total',
    help: 'Acks of namespaces, by what they say',
    labelNames: ['state'],
    registers: [this.registry],
  });
  readonly targetLoads = new Counter({
    name: 'sluice_target_loads_total',
    help: 'Times the content for an app was read from the database; everything else came from memory',
    registers: [this.registry],
  });
  readonly statements = new Counter({
    name: 'sluice_database_statements_total',
    help: 'Statements that this node gave to the database, by what they do',
    labelNames: ['kind'],
    registers: [this.registry],
  });
  readonly calls = new Counter({
    name: 'sluice_calls_total',
    help: 'Calls that instances of this node told of, by what became of them; by resource see the console',
    labelNames: ['environment', 'app', 'verdict'],
    registers: [this.registry],
  });
  readonly lostReports = new Counter({
    name: 'sluice_reports_lost_total',
    help: 'Reports of instances that never came, by the gaps in their numbers',
    registers: [this.registry],
  });
  readonly refusedLinks = new Counter({
    name: 'sluice_links_refused_total',
    help: 'Connections of applications that were refused, by code',
    labelNames: ['code'],
    registers: [this.registry],
  });

  /** The same counters with their label looked up before, for what happens thousands of times in a row. */
  readonly ackOf = {
    applied: this.acks.labels('applied'),
    rejected: this.acks.labels('rejected'),
    failed: this.acks.labels('failed'),
  } as const;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
