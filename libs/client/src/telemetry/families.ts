import { blockCodes, breakerStates, type Outcome, type ResourceType } from '@sluice/core';
import type { Guarding } from '../guard/guarding.ts';
import type { CallTotals, ResourceTotals } from './call-totals.ts';

export type Attributes = Readonly<Record<string, string>>;
export type Tell = (attributes: Attributes, value: number) => void;

/** One metric: its values at this moment, under the names of OpenTelemetry. */
export interface Family {
  readonly name: string;
  readonly unit: string;
  readonly help: string;
  /** `upDown`: a number that can be added up over instances. */
  readonly kind: 'counter' | 'gauge' | 'upDown';
  tell(totals: CallTotals, guarding: Guarding, tell: Tell): void;
}

export const placeAttributes = (resource: string, type: ResourceType): Attributes => ({
  'sluice.resource': resource,
  'sluice.resource.type': type,
});

const placed = ({ resource, type }: { readonly resource: string; readonly type: ResourceType }): Attributes =>
  placeAttributes(resource, type);

/** A count of each resource. */
const counted = (
  name: string,
  help: string,
  field: 'degraded' | 'waited' | 'gaveUp' | 'injected' | 'wouldBlock',
): Family => ({
  name,
  unit: '{request}',
  help,
  kind: 'counter',
  tell: ({ resources }, _, tell) => {
    for (const totals of resources.values()) tell(placed(totals), totals[field]);
  },
});

const outcomes: readonly (readonly [Outcome, keyof ResourceTotals & ('success' | 'errors' | 'aborted')])[] = [
  ['success', 'success'],
  ['error', 'errors'],
  ['abort', 'aborted'],
];

/** Everything that is told but for durations, which are no plain numbers. */
export const families: readonly Family[] = [
  {
    name: 'sluice.requests',
    unit: '{request}',
    help: 'Calls by what was decided about them.',
    kind: 'counter',
    tell: ({ resources }, _, tell) => {
      for (const totals of resources.values()) {
        tell({ ...placed(totals), 'sluice.decision': 'pass' }, totals.passed);
        for (const code of blockCodes)
          if (totals.blocked[code] > 0)
            tell({ ...placed(totals), 'sluice.decision': 'block', 'error.type': code }, totals.blocked[code]);
      }
    },
  },
  counted('sluice.requests.degraded', 'Blocked calls that got an answer all the same.', 'degraded'),
  counted('sluice.requests.waited', 'Calls that had to wait for their turn.', 'waited'),
  counted('sluice.requests.gave_up', 'Calls that did not wait for their turn to the end.', 'gaveUp'),
  counted('sluice.monitor.would_block', 'Calls that rules in monitor mode would have blocked.', 'wouldBlock'),
  counted('sluice.fault.injected', 'Calls that a fault was injected into.', 'injected'),
  {
    name: 'sluice.call.outcomes',
    unit: '{call}',
    help: 'Calls that were let in, by how they ended; those that a fault was injected into are marked.',
    kind: 'counter',
    tell: ({ resources }, _, tell) => {
      for (const totals of resources.values())
        for (const [outcome, field] of outcomes) {
          const attributes = { ...placed(totals), 'sluice.outcome': outcome };
          const injected = totals.injectedEnds[outcome];
          tell(attributes, totals[field] - injected);
          if (injected > 0) tell({ ...attributes, 'sluice.injected': 'true' }, injected);
        }
    },
  },
  {
    name: 'sluice.rule.decisions',
    unit: '{request}',
    help: 'Calls that single rules blocked (mode intercept) or would have blocked (mode monitor).',
    kind: 'counter',
    tell: ({ rules }, _, tell) => {
      for (const { rule, blocked, wouldBlock, ...place } of rules.values()) {
        const attributes = { ...placed(place), 'sluice.rule.id': rule };
        if (blocked > 0) tell({ ...attributes, 'sluice.mode': 'intercept' }, blocked);
        if (wouldBlock > 0) tell({ ...attributes, 'sluice.mode': 'monitor' }, wouldBlock);
      }
    },
  },
  {
    name: 'sluice.active_requests',
    unit: '{request}',
    help: 'Calls under way.',
    kind: 'upDown',
    tell: (totals, { resources }, tell) => {
      const sums = new Map<string, { readonly attributes: Attributes; active: number }>();
      for (const { resource, type, active } of resources) {
        const name = totals.nameOf(resource, type);
        const sum = sums.get(`${type} ${name}`) ?? { attributes: placeAttributes(name, type), active: 0 };
        sum.active += active;
        sums.set(`${type} ${name}`, sum);
      }
      for (const { attributes, active } of sums.values()) tell(attributes, active);
    },
  },
  {
    name: 'sluice.circuit.state',
    unit: '1',
    help: '1 for the state that a breaker is in, 0 for the others.',
    kind: 'gauge',
    tell: (totals, { resources }, tell) => {
      for (const { resource, type, breakers } of resources) {
        // Of resources that are told as one there is no one state.
        if (totals.nameOf(resource, type) !== resource) continue;
        for (const { rule, state } of breakers)
          for (const each of breakerStates)
            tell(
              { ...placeAttributes(resource, type), 'sluice.rule.id': rule, 'sluice.state': each },
              each === state ? 1 : 0,
            );
      }
    },
  },
  {
    name: 'sluice.circuit.transitions',
    unit: '{transition}',
    help: 'Changes of the state of breakers.',
    kind: 'counter',
    tell: ({ turns }, _, tell) => {
      for (const { turn, count } of turns.values()) {
        const { rule, from, to, reason } = turn;
        const change = { 'sluice.from': from, 'sluice.to': to, 'sluice.reason': reason };
        tell({ ...placed(turn), 'sluice.rule.id': rule, ...change }, count);
      }
    },
  },
  {
    name: 'sluice.script.troubles',
    unit: '1',
    help: '1 for each script rule that does not do its work in this process.',
    kind: 'gauge',
    tell: (_, { scripts }, tell) => {
      for (const { rule, state } of scripts) tell({ 'sluice.rule.id': rule, 'sluice.state': state }, 1);
    },
  },
  {
    name: 'sluice.drill.active',
    unit: '1',
    help: '1 while a drill breaks calls of this process, 0 once it has ended.',
    kind: 'gauge',
    tell: (_, { drills }, tell) => {
      for (const { drillId, state } of drills)
        if (state !== 'refused') tell({ 'sluice.drill.id': drillId }, state === 'active' ? 1 : 0);
    },
  },
  {
    name: 'sluice.drill.injected',
    unit: '{request}',
    help: 'Calls that single faults of drills broke; of the last drills only.',
    kind: 'counter',
    tell: (_, { drills }, tell) => {
      for (const { drillId, faults } of drills)
        for (const { fault, injected } of faults)
          tell({ 'sluice.drill.id': drillId, 'sluice.fault': fault }, injected);
    },
  },
  {
    name: 'sluice.kill_switch',
    unit: '1',
    help: '1 while the kill switch is on: all rules only watch (monitor), no faults are injected (faults).',
    kind: 'gauge',
    tell: (_, { killSwitch }, tell) => {
      tell({ 'sluice.scope': 'monitor' }, killSwitch.monitorOnly ? 1 : 0);
      tell({ 'sluice.scope': 'faults' }, killSwitch.noFaults ? 1 : 0);
    },
  },
  {
    name: 'sluice.rules.version',
    unit: '1',
    help: 'Revision of the newest rules in force.',
    kind: 'gauge',
    tell: (_, { revision }, tell) => tell({}, revision),
  },
];

export const durationName = 'sluice.call.duration';
export const durationHelp = 'How long calls took that were let in and not aborted.';
/** In seconds. */
export const defaultBoundsSec = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
export const defaultMaxResources = 500;
