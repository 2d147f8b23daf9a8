import { describe, expect, it } from '@jest/globals';
import { tellOpenTelemetry } from '@sluice/client/opentelemetry';
import { tellPrometheus } from '@sluice/client/prometheus';
import { manualClock, testSluice } from '@sluice/client/testing';
import { tracingApp } from './tracing-app.ts';

const at = { resource: { match: 'exact', value: 'pay' } } as const;

function shop() {
  const clock = manualClock();
  const sluice = testSluice({}, { clock });
  const pay = sluice.protect('pay', async () => 'paid');
  return { clock, sluice, pay };
}

describe('a fault of a drill', () => {
  it('can be left out of what Prometheus is asked', async () => {
    const { clock, sluice, pay } = shop();
    const metrics = tellPrometheus(sluice);
    await pay();
    sluice.faults({ down: { ...at, fault: 'error', message: 'no' } });
    await pay().catch(() => undefined);
    sluice.faults({ slow: { ...at, fault: 'blockEventLoop', ms: 1 } });
    await pay();
    await clock.advance(1000);
    const lines = metrics.text().split('\n');
    const pays = '{resource="pay",resource_type="method"';
    for (const line of [
      `sluice_fault_injected_total${pays}} 2`,
      `sluice_call_outcomes_total${pays},outcome="success"} 1`,
      `sluice_call_outcomes_total${pays},outcome="success",injected="true"} 1`,
      `sluice_call_outcomes_total${pays},outcome="error"} 0`,
      `sluice_call_outcomes_total${pays},outcome="error",injected="true"} 1`,
      'sluice_drill_active{drill_id="test-1"} 0',
      'sluice_drill_active{drill_id="test-2"} 1',
      'sluice_drill_injected_total{drill_id="test-1",fault="down"} 1',
    ])
      expect(lines).toContain(line);
  });

  it('is marked on the span that it happens in, and on no other', async () => {
    const { sluice, pay } = shop();
    const stop = tellOpenTelemetry(sluice);
    const trace = tracingApp();
    const sound = trace(pay);
    await sound.done;
    sluice.faults({ down: { ...at, fault: 'error', message: 'no' } });
    const broken = trace(() => pay().catch(() => undefined));
    await broken.done;
    expect(sound.span.attributes).toEqual({});
    const injected = { 'sluice.injected': true, 'sluice.drill.id': 'test-1', 'sluice.fault': 'down' };
    expect(broken.span.attributes).toEqual(injected);
    expect(broken.span.events).toMatchObject([
      {
        name: 'sluice.fault',
        attributes: { ...injected, 'sluice.resource': 'pay', 'sluice.fault.kind': 'error' },
      },
    ]);
    stop();
  });
});
