import { z } from 'zod';
import { faultEnds } from '../client/faults.ts';
import { drillCheck, drillDefinition, drillExpectation } from '../model/drill.ts';
import { id, moment, name } from '../model/name.ts';

const count = z.int().min(0);
/** Words in both languages. */
const words = z.object({ en: z.string(), zh: z.string() });

export const drillStates = [
  'draft',
  /** Everything that must hold before it did so when it was last looked. */
  'preCheck',
  'running',
  /** Nothing is injected any more; targets say so, and the steady state is coming back. */
  'recovering',
  'held',
  'deviated',
  'aborted',
  'interrupted',
] as const;
export type DrillState = (typeof drillStates)[number];

/** A drill, at a glance. */
export const drill = z.object({
  drillId: id,
  app: name,
  title: z.string(),
  state: z.enum(drillStates),
  createdBy: z.string(),
  createdAt: moment,
  startedBy: z.string().optional(),
  startedAt: moment.optional(),
  /** When its faults end by themselves. */
  deadline: moment.optional(),
  /** When nothing was injected any more. */
  endedAt: moment.optional(),
  /** When all was over: every target said that it is clean, and the steady state was back, or its time was up. */
  finishedAt: moment.optional(),
  /** Why it was aborted, interrupted, or why the hypothesis doesn't hold. */
  because: words.optional(),
  targets: count,
  /** Targets in which something is broken now. */
  active: count,
  /** Targets that are proven to be clean again. */
  clean: count,
  /** Calls that were broken so far. */
  injected: count,
});
export type Drill = z.infer<typeof drill>;

/** What keeps a drill from starting, or should be known before. */
const drillFinding = z.object({
  code: z.enum([
    'steadyStateNotMet',
    /** Nobody told anything of it in its window. */
    'steadyStateUnknown',
    'otherDrill',
    'killSwitch',
    'noTarget',
    'targetUnreachable',
    'tooManyTargets',
    /** No call ever came through a resource that is to be broken. */
    'resourceUnknown',
    /** Nothing would stop it but its deadline and people. */
    'noGuards',
  ]),
  severity: z.enum(['refused', 'warning']),
  text: words,
  /** The check, instance, resource or drill that it is about. */
  subject: z.string().optional(),
});
export type DrillFinding = z.infer<typeof drillFinding>;

export const drillPhases = ['before', 'during', 'after'] as const;

/** A check as it was measured. */
export const drillMeasure = z.object({
  of: z.enum(['steadyState', 'expect', 'guard']),
  /** Its place in the definition. */
  index: count,
  phase: z.enum(drillPhases),
  check: z.union([drillExpectation, drillCheck]),
  /** Absent: nothing is known yet. */
  held: z.boolean().optional(),
  /** As it was last measured. */
  value: z.number().optional(),
  at: moment.optional(),
  /** The value that was furthest from what is allowed, in this phase. */
  worst: z.number().optional(),
  worstAt: moment.optional(),
  /** When it first came true, from the start, where it must come true within a time. */
  trueAfterMs: count.optional(),
});
export type DrillMeasure = z.infer<typeof drillMeasure>;

/** What is known of one instance that a drill is in, by its own word. */
export const drillTarget = z.object({
  instanceId: z.string(),
  /**
   * `asked`: it was told, and has said nothing yet. `offline`: it is not connected; its faults end by themselves.
   * `clean`: nothing is broken in it any more, and it is known how.
   */
  state: z.enum(['asked', 'active', 'refused', 'offline', 'clean']),
  /** `told`: it said so itself. `restarted`: its process is another one. `silence`: nothing renewed its faults for so long that they have ended. */
  cleanBy: z.enum(['told', 'restarted', 'silence']).optional(),
  cleanAt: moment.optional(),
  /** From the end of the drill; negative: before. */
  cleanAfterMs: z.int().optional(),
  endedBecause: z.enum(faultEnds).optional(),
  error: z.string().optional(),
  eligible: count,
  injected: count,
  heardAt: moment.optional(),
});
export type DrillTarget = z.infer<typeof drillTarget>;

/** What happened, in the order in which it is known. */
export const drillEvent = z.object({
  sequence: z.int(),
  at: moment,
  /** From the start; negative: before. */
  afterMs: z.int(),
  kind: z.enum([
    'started',
    'targetActive',
    'targetRefused',
    'targetLeft',
    'targetBack',
    'targetClean',
    'breaker',
    'guard',
    'ended',
    'recovered',
    'finished',
  ]),
  instanceId: z.string().optional(),
  text: words,
});
export type DrillEvent = z.infer<typeof drillEvent>;

export const drillDetail = drill.extend({
  definition: drillDefinition,
  /** As it was last looked, before the start. */
  findings: z.array(drillFinding),
  checkedAt: moment.optional(),
  measures: z.array(drillMeasure),
  instances: z.array(drillTarget),
  /** The last 500. */
  events: z.array(drillEvent),
});
export type DrillDetail = z.infer<typeof drillDetail>;

/** What a drill would be. */
export const drillPlan = z.object({
  definition: drillDefinition,
  /** Whether it could start now. */
  ready: z.boolean(),
  targets: z.array(z.object({ instanceId: z.string(), online: z.boolean() })),
  /** Instances that are connected now, targets or not. */
  online: count,
  findings: z.array(drillFinding),
  measures: z.array(drillMeasure),
});
export type DrillPlan = z.infer<typeof drillPlan>;

export const drillTemplate = z.object({
  template: name,
  title: words,
  description: words,
  definition: drillDefinition,
  /** Whether calls came through every resource that it names. */
  fits: z.boolean(),
});
export type DrillTemplate = z.infer<typeof drillTemplate>;
