import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { context, metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { CallsSecond, Sluice } from '@sluice/client';
import { tellOpenTelemetry } from '@sluice/client/opentelemetry';
import { tellPrometheus } from '@sluice/client/prometheus';
import { manualClock, testSluice } from '@sluice/client/testing';
import type { Rules } from '@sluice/core';
import { Gauge, Registry } from 'prom-client';
import { tracingApp } from './tracing-app.ts';

const about = (value: string, mode = 'intercept') => ({ resource: { match: 'exact', value }, mode }) as const;
const rules = {
  few: { ...about('pay'), kind: 'limit', algorithm: 'tokenBucket', limit: 3, intervalMs: 3_600_000 },
  watched: {
    ...about('pay', 'monitor'),
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit: 1,
    intervalMs: 3_600_000,
  },
  breaker: {
    ...about('bank'),
    kind: 'breaker',
    strategy: 'errorCount',
    threshold: 1,
    minCalls: 1,
    windowMs: 10_000,
    openMs: 5000,
  },
} as unknown as Rules;

/** Five calls to pay, of which three go; one to the bank, which fails, and one that its breaker refuses. */
async function busy() {
  const clock = manualClock();
  const sluice = testSluice({}, { clock });
  await sluice.rules(rules);
  const seconds: CallsSecond[] = [];
  sluice.on('calls', (second) => void seconds.push(second));
  const traffic = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) await passes(sluice, 'pay', () => clock.advance(3));
    const failing = sluice.protect('bank', () => {
      throw new Error('closed today');
    });
    for (let n = 0; n < 2; n++) expect(() => failing()).toThrow();
    await clock.advance(1000);
  };
  return { clock, sluice, seconds, traffic };
}

async function passes(sluice: Sluice, resource: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    const passage = sluice.entry(resource);
    await work();
    passage.exit();
    return true;
  } catch {
    return false;
  }
}

describe('what a client tells inside of its process', () => {
  it('is each second what calls came to, and nothing while there are none', async () => {
    const { clock, seconds, traffic } = await busy();
    await clock.advance(10_000);
    expect(seconds).toEqual([]);
    await traffic();
    await clock.advance(10_000);
    expect(seconds).toHaveLength(1);
    expect(seconds[0]!.resources.find(({ resource }) => resource === 'pay')).toMatchObject({
      type: 'method',
      passed: 3,
      blocked: { limited: 2, denied: 0 },
      wouldBlock: 2,
      success: 3,
      errors: 0,
      active: 0,
      durationMs: 9,
      durations: [[expect.any(Number), 3]],
      rules: [
        { rule: 'rules/watched', blocked: 0, wouldBlock: 2 },
        { rule: 'rules/few', blocked: 2, wouldBlock: 0 },
      ],
    });
  });

  it('is every refusal, would-be refusal and turn of a breaker, as it happens', async () => {
    const { sluice, traffic } = await busy();
    const told: string[] = [];
    sluice.on('blocked', ({ resource, ruleId, code }) => told.push(`blocked ${resource} ${ruleId} ${code}`));
    sluice.on('wouldBlock', (call) => told.push(`wouldBlock ${call.resource} ${call.rules.join()}`));
    const stop = sluice.on('breaker', ({ rule, from, to, reason }) =>
      told.push(`${rule} ${from} ${to} ${reason}`),
    );
    await traffic();
    expect(told).toEqual([
      'wouldBlock pay rules/watched',
      'wouldBlock pay rules/watched',
      'blocked pay rules/few limited',
      'blocked pay rules/few limited',
      'rules/breaker closed open threshold',
      'blocked bank rules/breaker breakerOpen',
    ]);
    stop();
    expect(sluice.guarding()).toMatchObject({
      revision: expect.any(Number),
      killSwitch: { monitorOnly: false, noFaults: false },
      scripts: [],
    });
    expect(sluice.guarding().resources.find(({ resource }) => resource === 'bank')?.breakers).toEqual([
      { rule: 'rules/breaker', state: 'open' },
    ]);
  });
});

describe('Prometheus', () => {
  it('gets all of it as text, without any library', async () => {
    const { sluice, traffic } = await busy();
    const metrics = tellPrometheus(sluice, { buckets: [0.001, 0.01] });
    await traffic();
    const text = metrics.text();
    for (const line of [
      '# TYPE sluice_requests_total counter',
      'sluice_requests_total{resource="pay",resource_type="method",decision="pass"} 3',
      'sluice_requests_total{resource="pay",resource_type="method",decision="block",error_type="limited"} 2',
      'sluice_monitor_would_block_total{resource="pay",resource_type="method"} 2',
      'sluice_rule_decisions_total{resource="pay",resource_type="method",rule_id="rules/watched",mode="monitor"} 2',
      'sluice_call_outcomes_total{resource="bank",resource_type="method",outcome="error"} 1',
      'sluice_circuit_state{resource="bank",resource_type="method",rule_id="rules/breaker",state="open"} 1',
      'sluice_circuit_state{resource="bank",resource_type="method",rule_id="rules/breaker",state="closed"} 0',
      'sluice_active_requests{resource="pay",resource_type="method"} 0',
      'sluice_kill_switch{scope="monitor"} 0',
      '# TYPE sluice_call_duration_seconds histogram',
      'sluice_call_duration_seconds_bucket{resource="pay",resource_type="method",le="0.001"} 0',
      'sluice_call_duration_seconds_bucket{resource="pay",resource_type="method",le="0.01"} 3',
      'sluice_call_duration_seconds_bucket{resource="pay",resource_type="method",le="+Inf"} 3',
      'sluice_call_duration_seconds_sum{resource="pay",resource_type="method"} 0.009',
      'sluice_call_duration_seconds_count{resource="pay",resource_type="method"} 3',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).toMatch(
      /^sluice_circuit_transitions_total\{.*from="closed",to="open",reason="threshold"} 1$/m,
    );
    metrics.close();
    await traffic();
    expect(metrics.text().match(/decision="pass"} 3/g)).toHaveLength(1);
  });

  it('looks at how calls are guarded once for all that is told at a time', async () => {
    const { sluice } = await busy();
    const looked = jest.spyOn(sluice, 'guarding');
    const registry = new Registry();
    const metrics = tellPrometheus(sluice, { registry });
    expect(metrics.text()).toContain('sluice_kill_switch');
    await Promise.resolve();
    await registry.metrics();
    expect(looked).toHaveBeenCalledTimes(2);
  });

  it('keeps to a bounded number of names, escaped', async () => {
    const { clock, sluice } = await busy();
    const metrics = tellPrometheus(sluice, { maxResources: 3 });
    for (let n = 0; n < 50; n++) sluice.entry(`a "${n}"\n\\`).exit();
    await clock.advance(1000);
    const passed = metrics
      .text()
      .split('\n')
      .filter((line) => line.includes('decision="pass"'));
    expect(passed).toEqual([
      ...[0, 1, 2].map(
        (n) =>
          `sluice_requests_total{resource="a \\"${n}\\"\\n\\\\",resource_type="method",decision="pass"} 1`,
      ),
      'sluice_requests_total{resource="__other__",resource_type="method",decision="pass"} 47',
    ]);
  });

  it('refuses bounds that no histogram can have, and numbers of names that bound nothing', async () => {
    const { sluice } = await busy();
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    for (const buckets of [
      [1, 0.1],
      [0.1, 0.1],
      [0, 1],
      [-1, 1],
      [0.1, infinity],
      [0.1, nan, 1],
    ])
      expect(() => tellPrometheus(sluice, { buckets })).toThrow(`got [${buckets.join(', ')}]`);
    for (const maxResources of [0, -1, 1.5, nan])
      expect(() => tellPrometheus(sluice, { maxResources })).toThrow(`got ${maxResources}`);
    expect(tellPrometheus(sluice, { buckets: [] }).text()).toContain('sluice_kill_switch');
  });

  it('finds the metrics in the registry of prom-client', async () => {
    const { sluice, traffic } = await busy();
    const registry = new Registry();
    registry.setDefaultLabels({ app: 'shop' });
    const metrics = tellPrometheus(sluice, { registry });
    await traffic();
    const text = await registry.metrics();
    expect(text).toContain(
      'sluice_requests_total{resource="pay",resource_type="method",decision="pass",app="shop"} 3',
    );
    expect(text).toMatch(/^sluice_call_duration_seconds_bucket\{.*resource="pay".*le="0\.005".*} 3$/m);
    const json = await registry.getMetricsAsJSON();
    expect(json.find(({ name }) => name === 'sluice_kill_switch')?.type).toBe('gauge');
    registry.resetMetrics();
    expect(await registry.metrics()).toBe(text);
    metrics.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it('are of one client in a registry: another one is refused with what to do, and leaves no trace', async () => {
    const [{ sluice }, { sluice: other }] = [await busy(), await busy()];
    const registry = new Registry();
    const own = new Gauge({ name: 'sluice_kill_switch', help: 'of the app', registers: [registry] });
    expect(() => tellPrometheus(sluice, { registry })).toThrow('sluice_kill_switch');
    expect(registry.getMetricsAsArray()).toEqual([own]);
    registry.clear();
    const metrics = tellPrometheus(sluice, { registry });
    const before = await registry.metrics();
    expect(() => tellPrometheus(other, { registry })).toThrow('give each its own Registry');
    expect(await registry.metrics()).toBe(before);
    metrics.close();
    tellPrometheus(other, { registry }).close();
  });
});

describe('Prometheus, where the registry speaks OpenMetrics', () => {
  it('is told counters by the same names', async () => {
    const { sluice, traffic } = await busy();
    const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    tellPrometheus(sluice, { registry });
    await traffic();
    const text = await registry.metrics();
    const lines = text.split('\n');
    for (const line of [
      '# TYPE sluice_requests counter',
      'sluice_requests_total{resource="pay",resource_type="method",decision="pass"} 3',
      '# TYPE sluice_call_duration_seconds histogram',
      'sluice_call_duration_seconds_count{resource="pay",resource_type="method"} 3',
    ])
      expect(lines).toContain(line);
    expect(text).not.toContain('_total_total');
    expect(await registry.metrics()).toBe(text);
  });
});

describe('OpenTelemetry', () => {
  const provided: MeterProvider[] = [];
  afterEach(async () => {
    context.disable();
    metrics.disable();
    for (const provider of provided.splice(0)) await provider.shutdown();
  });

  function collector() {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const meterProvider = new MeterProvider({ readers: [reader] });
    provided.push(meterProvider);
    const points = async () => {
      exporter.reset();
      await meterProvider.forceFlush();
      return exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
        .flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, attributes, value })),
        );
    };
    return { meterProvider, points };
  }

  it('gets counts by observable instruments, and durations', async () => {
    const { sluice, traffic } = await busy();
    const { meterProvider, points } = collector();
    const stop = tellOpenTelemetry(sluice, { meterProvider });
    await traffic();
    const pay = { 'sluice.resource': 'pay', 'sluice.resource.type': 'method' };
    const bank = {
      'sluice.resource': 'bank',
      'sluice.resource.type': 'method',
      'sluice.rule.id': 'rules/breaker',
    };
    const told = await points();
    expect(told).toEqual(
      expect.arrayContaining([
        { name: 'sluice.requests', attributes: { ...pay, 'sluice.decision': 'pass' }, value: 3 },
        {
          name: 'sluice.requests',
          attributes: { ...pay, 'sluice.decision': 'block', 'error.type': 'limited' },
          value: 2,
        },
        { name: 'sluice.circuit.state', attributes: { ...bank, 'sluice.state': 'open' }, value: 1 },
        { name: 'sluice.kill_switch', attributes: { 'sluice.scope': 'faults' }, value: 0 },
        { name: 'sluice.active_requests', attributes: pay, value: 0 },
        {
          name: 'sluice.call.duration',
          attributes: pay,
          value: expect.objectContaining({ count: 3, sum: expect.closeTo(0.009, 6) }),
        },
      ]),
    );
    await traffic();
    const blocked = async () =>
      (await points()).find(({ attributes }) => attributes['error.type'] === 'limited')?.value;
    expect(await blocked()).toBe(7);
    stop();
    await traffic();
    expect(await blocked()).toBe(7);
  });

  it('gets a part of the durations of many calls, in which slow ones are as rare as among all', async () => {
    const { sluice, clock } = await busy();
    const { meterProvider, points } = collector();
    const stop = tellOpenTelemetry(sluice, { meterProvider });
    for (let second = 0; second < 20; second++) {
      const slow = Array.from({ length: 5 }, () => sluice.entry('shop'));
      const quick = Array.from({ length: 4995 }, () => sluice.entry('shop'));
      await clock.advance(1);
      for (const passage of quick) passage.exit();
      for (const passage of slow) {
        await clock.advance(100);
        passage.exit();
      }
      await clock.advance(2000);
    }
    const told = (await points()).find(({ name }) => name === 'sluice.call.duration');
    const { buckets, count } = told!.value as { buckets: { counts: number[] }; count: number };
    expect(Math.abs(count - 20_000)).toBeLessThanOrEqual(20);
    // A fifth of all hundred slow ones, give or take what chance does.
    const slow = buckets.counts.slice(5).reduce((sum, each) => sum + each, 0);
    expect(slow).toBeGreaterThan(0);
    expect(slow).toBeLessThan(60);
    stop();
  });

  it('gets all that was counted through an SDK that is registered later', async () => {
    const { clock, sluice, traffic } = await busy();
    const stop = tellOpenTelemetry(sluice);
    await traffic();
    const { meterProvider, points } = collector();
    metrics.setGlobalMeterProvider(meterProvider);
    await traffic();
    const told = await points();
    const toldOf = (name: string, outcome: string) =>
      told.find((each) => each.name === name && Object.values(each.attributes).includes(outcome))?.value;
    expect(toldOf('sluice.requests', 'limited')).toBe(7);
    expect(toldOf('sluice.circuit.state', 'rules/breaker')).toBeDefined();
    sluice.entry('shop').exit();
    await clock.advance(1000);
    const later = await points();
    expect(later.find(({ name }) => name === 'sluice.call.duration')).toMatchObject({
      attributes: { 'sluice.resource': 'shop' },
      value: { count: 1 },
    });
    stop();
  });

  it('finds refusals and would-be refusals on the span that is active in their call', async () => {
    const { sluice, clock } = await busy();
    const stop = tellOpenTelemetry(sluice);
    const traced = tracingApp();
    const pay = sluice.protect('pay', async (n: number) => n);
    const calls = Array.from({ length: 4 }, (_, n) => traced(() => pay(n).catch(() => undefined)));
    await Promise.all(calls.map(({ done }) => done));
    expect(calls.map(({ span }) => span.events.map(({ attributes }) => attributes))).toEqual([
      [],
      ...[1, 2].map(() => [
        {
          'sluice.resource': 'pay',
          'sluice.resource.type': 'method',
          'sluice.decision': 'pass',
          'sluice.mode': 'monitor',
          'sluice.would_block': true,
          'sluice.rule.ids': ['rules/watched'],
        },
      ]),
      [
        {
          'sluice.resource': 'pay',
          'sluice.resource.type': 'method',
          'sluice.decision': 'block',
          'sluice.decision.id': expect.any(String),
          'sluice.rule.id': 'rules/few',
          'sluice.rule.kind': 'limit',
          'error.type': 'limited',
        },
      ],
    ]);
    expect(calls[3]!.span.attributes).toMatchObject({
      'sluice.decision': 'block',
      'sluice.rule.id': 'rules/few',
    });
    stop();
    const later = traced(() => pay(5).catch(() => undefined));
    await later.done;
    expect(later.span.events).toEqual([]);
    await clock.advance(1000);
  });
});
