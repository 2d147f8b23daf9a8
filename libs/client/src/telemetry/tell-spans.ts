import { trace } from '@opentelemetry/api';
import type { Unsubscribe } from '../config/change-meta.ts';
import type { Sluice } from '../sluice.ts';
import { placeAttributes } from './families.ts';

/** Notes on the active span what was decided about the calls in it, where that is not simply that they go. */
export function tellSpans(sluice: Sluice): readonly Unsubscribe[] {
  return [
    sluice.on('blocked', ({ resource, type, code, kind, ruleId, decisionId }) => {
      const span = trace.getActiveSpan();
      if (!span) return;
      const decision = {
        'sluice.decision': 'block',
        'sluice.rule.id': ruleId,
        'sluice.decision.id': decisionId,
      };
      span.setAttributes(decision);
      span.addEvent('sluice.decision', {
        ...placeAttributes(resource, type),
        ...decision,
        'sluice.rule.kind': kind,
        'error.type': code,
      });
    }),
    sluice.on('wouldBlock', ({ resource, type, rules }) => {
      const span = trace.getActiveSpan();
      if (!span) return;
      span.setAttribute('sluice.would_block', true);
      span.addEvent('sluice.decision', {
        ...placeAttributes(resource, type),
        'sluice.decision': 'pass',
        'sluice.mode': 'monitor',
        'sluice.would_block': true,
        'sluice.rule.ids': [...rules],
      });
    }),
    sluice.on('injected', ({ resource, type, drillId, fault, kind }) => {
      const span = trace.getActiveSpan();
      if (!span) return;
      const injected = { 'sluice.injected': true, 'sluice.drill.id': drillId, 'sluice.fault': fault };
      span.setAttributes(injected);
      span.addEvent('sluice.fault', {
        ...placeAttributes(resource, type),
        ...injected,
        'sluice.fault.kind': kind,
      });
    }),
  ];
}
