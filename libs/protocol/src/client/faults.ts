import { z } from 'zod';
import { faultRule } from '../model/fault-rule.ts';
import { id, name } from '../model/name.ts';
import { record } from '../model/record.ts';
import { reportedText, text } from '../model/text.ts';
import { agoMs } from './ago.ts';

/** Drills that one frame may carry, and faults that one drill may have. */
export const mostDrills = 20;
export const mostFaults = 50;

/** A process that is called a million times a second makes fewer in the longest drill; sums of many stay exact. */
const mostCalls = 1e11;
const count = z.int().min(0).max(mostCalls);
/** Some thirty years: longer ago no process began. */
const milliseconds = z.number().min(0).max(1e12);

/** What one drill breaks in the instance that is sent it. */
export const drillOrder = z.object({
  drillId: id,
  /** Counted down on a clock that never goes back, from the moment it arrives; renewing doesn't put it off. */
  deadlineInMs: z.int().positive().max(86_400_000),
  /**
   * Of the calls of the last ten seconds at the resources that its faults match, at most so many may have been broken;
   * looked at before every injection.
   */
  budgetPerMillion: z.int().min(1).max(1_000_000),
  /** By a name that is theirs within the drill; asked by priority, ties by name. */
  faults: record(name, faultRule).refine((all) => Object.keys(all).length <= mostFaults, {
    message: `must have at most ${mostFaults} faults`,
    params: { problem: 'range', zh: `最多 ${mostFaults} 个故障` },
  }),
});
export type DrillOrder = z.infer<typeof drillOrder>;

/**
 * What is to be broken in the instance from now on: all of it, so a drill that isn't named any more ends. Every fault
 * ends by itself when none of these came for `leaseMs`. Without `drills` it is a beat: what was sent with this
 * `version` is still meant.
 */
export const faults = z.object({
  /** Grows with every change for the instance; an older one than was seen on this connection is passed over. */
  version: z.int().min(0),
  leaseMs: z.int().positive().max(60_000),
  drills: z.array(drillOrder).max(mostDrills).optional(),
});
export type Faults = z.infer<typeof faults>;

/** Why the faults of a drill are gone. */
export const faultEnds = [
  /** Its time was over. */
  'deadline',
  /** Nobody renewed it: the server, or the way to it, is gone. */
  'silence',
  /** The server sent a state without it. */
  'ended',
  /** Somebody threw the kill switch: on the server, by the environment or by a file. */
  'killSwitch',
  /** As many calls as a process may hold back were held back at once. */
  'overloaded',
  /** The application closes its client. */
  'closed',
] as const;
export type FaultEnd = (typeof faultEnds)[number];

/** What one fault came to in this process since the drill began there. */
export const faultTally = z.object({
  /** Its name within the drill. */
  fault: name,
  /** Calls that it could have broken: let in, at a resource that it matches, with its condition fulfilled. */
  eligible: count,
  /** Calls that it broke. */
  injected: count,
  /** Drawn and let go: the budget was used up. */
  overBudget: count,
  /** Drawn and let go: what goes wrong can't be done to such a call, as a delay to a synchronous one. */
  notInjectable: count,
  /** Calls that are held back just now by its delay or hang. */
  held: count,
  /** Calls that were held back and let go before their time, because the drill ended or the caller gave up. */
  released: count,
});
export type FaultTally = z.infer<typeof faultTally>;

const callersBy = (each: typeof count) =>
  z.object({
    /** Got the answer of what they called. */
    ok: each,
    /** Got an error. */
    error: each,
    /** Got another answer in its place: a fallback's, or what a rule says for refused calls. */
    degraded: each,
    /** Were refused, and got nothing else. */
    blocked: each,
    /** Gave up before there was an answer. */
    abandoned: each,
  });

/** What callers saw at the resources that a drill's faults match, of any number of processes. */
export const callerTally = callersBy(z.int().min(0));
export type CallerTally = z.infer<typeof callerTally>;

/**
 * The instance's own record of a drill. Counts are totals of this process since the drill began in it, so that a frame
 * that is lost or repeated changes nothing; they go on counting for calls that were under way when it ended.
 */
export const drillRecord = z.object({
  drillId: id,
  /** `refused`: it was never begun here, `error` says why. An ended drill is never begun again in the process. */
  state: z.enum(['active', 'ended', 'refused']),
  endedBecause: z.enum(faultEnds).optional(),
  endedAgoMs: agoMs.optional(),
  error: reportedText(1000).optional(),
  /** For how long it has been active, or was. */
  activeMs: milliseconds,
  /** What picks the calls, where a fault has no seed of its own: another in every process. */
  seed: z.int().min(0).max(0xffff_ffff),
  faults: z.array(faultTally).max(mostFaults),
  /** What callers saw at the resources that its faults match, since it began in this process. */
  callers: callersBy(count),
});
export type DrillRecord = z.infer<typeof drillRecord>;

/**
 * Sent when a drill begins or ends, each second while one is active, and after every hello for what the process
 * remembers, which is the last twenty that ended. What doesn't fit into one frame goes into the next.
 */
export const faultState = z.object({
  /** Of the process, as in its `hello`: its totals begin at nothing. */
  bootId: text(64).min(1),
  /** Of the newest `faults` that it took on this connection; 0 for none. */
  version: z.int().min(0),
  drills: z.array(drillRecord).max(mostDrills),
});
export type FaultState = z.infer<typeof faultState>;
