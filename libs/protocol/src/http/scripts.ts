import { resourceTypes, ruleModes } from '@sluice/core';
import { z } from 'zod';
import { ruleRef } from '../client/report.ts';
import { json } from '../model/json.ts';
import { moment } from '../model/name.ts';
import { record } from '../model/record.ts';
import { scriptInput, scriptInputs, scriptSource, scriptTimeoutMs } from '../model/script-rule.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { appParams, none, noQuery } from './request-parts.ts';
import { silentNodes } from './traffic.ts';

const base = '/api/v1/environments/:env/apps/:app/scripts';
/** Words in both languages. */
const words = z.object({ en: z.string(), zh: z.string() });

const count = z.int().min(0);

/** A script as the instances see it that are connected now. */
const scriptStatus = z.object({
  /** `namespace/key` of its rule. */
  rule: ruleRef,
  role: z.enum(['decide', 'policy', 'fallback']),
  mode: z.enum(ruleModes),
  /** Instances that hold the rule, and where the script does its work. */
  running: count,
  /** Where it failed when it was last asked; its `onError` rules. */
  failing: count,
  /** Where it was switched off, because it was killed or ran out of time too often. */
  quarantined: count,
  /** Where no script can run. */
  unavailable: count,
  /** Where it doesn't do its work, at most 100, those that it was told of last first. */
  troubles: z.array(
    z.object({
      instanceId: z.string(),
      state: z.enum(['unavailable', 'quarantined', 'failing']),
      /** In the language of the instance. */
      error: z.string(),
      since: moment,
    }),
  ),
});
export type ScriptStatus = z.infer<typeof scriptStatus>;

export const listScripts = contract({
  id: 'listScripts',
  summary: 'Scripts of rules, and on which instances they run, fail, are switched off or can not run',
  method: 'GET',
  path: base,
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: none,
  status: 200,
  /** By rule. Those that every instance has, and those of layers for some where they are in trouble. */
  response: z.object({ items: z.array(scriptStatus), at: moment, silentNodes }),
});

const script = {
  /** The function that it has to declare. */
  role: z.enum(['decide', 'policy', 'fallback']),
  source: scriptSource,
  /** What it gets to see, by name; nothing else. */
  inputs: scriptInputs.default([]),
};

export const checkScript = contract({
  id: 'checkScript',
  summary: 'Whether a script would run: it compiles, declares the function of its role, and knows its inputs',
  method: 'POST',
  path: `${base}/check`,
  access: 'config:edit',
  params: appParams,
  query: noQuery,
  body: z.strictObject(script),
  status: 200,
  response: z.object({
    sizeBytes: z.int(),
    limitBytes: z.int(),
    /** Inputs that it declares and whose names are nowhere in its source. */
    unusedInputs: z.array(z.string()),
  }),
  errors: ['too_many_requests', 'scripts_unavailable'],
});

/** Everything that a run depends on: the same again gives the same result. */
const tryCase = z.strictObject({
  /** By the names that the script declares; what it doesn't declare it doesn't see. */
  values: record(scriptInput, json).default({}),
  /** Absent: when it runs. */
  now: moment.optional(),
  random: z.number().min(0).max(1).default(0.5),
  /** What `fallback` gets second. */
  error: json.optional(),
});

/** What came of one run. */
const outcome = z.object({
  /** Absent when it failed. */
  result: json.optional(),
  failure: z
    .object({ code: z.string(), text: words, line: z.int().optional(), column: z.int().optional() })
    .optional(),
  ms: z.number(),
});
export type ScriptOutcome = z.infer<typeof outcome>;

const tried = outcome.extend({
  /** What it ran with. */
  values: record(z.string(), json),
  now: moment,
  random: z.number(),
  /** The recorded call that this is; absent for input that came with the request. */
  call: z
    .object({
      resource: z.string(),
      type: z.enum(resourceTypes),
      instanceId: z.string().optional(),
      verdict: z.enum(['pass', 'block', 'wouldBlock']),
    })
    .optional(),
  /** The same input for `compareWith`. */
  other: outcome.optional(),
  /** Whether the two differ in what they answer, or in why they don't. */
  differs: z.boolean().optional(),
});
export type TriedScript = z.infer<typeof tried>;

export const tryScript = contract({
  id: 'tryScript',
  summary: 'Run a script on input of yours, on recorded calls, or beside another source, without any effect',
  method: 'POST',
  path: `${base}/try`,
  access: 'config:edit',
  params: appParams,
  query: noQuery,
  body: z
    .strictObject({
      ...script,
      timeoutMs: scriptTimeoutMs.default(50),
      /** Another source for the same role and inputs: what is live, for example. */
      compareWith: scriptSource.optional(),
      cases: z.array(tryCase).max(100).default([]),
      /** Recorded calls of the app, newest first. */
      recorded: z
        .strictObject({
          resource: text(256).min(1).optional(),
          type: z.enum(resourceTypes).optional(),
          last: z.int().min(1).max(200).default(50),
        })
        .optional(),
    })
    .refine((b) => b.cases.length > 0 || b.recorded !== undefined, {
      path: ['cases'],
      message: 'needs one of cases, recorded',
      params: { problem: 'required', zh: '需要 cases 或 recorded 之一' },
    }),
  status: 200,
  response: z.object({
    /** Cases in their order, then recorded calls. */
    items: z.array(tried),
    /** How many differ from `compareWith`. */
    differing: z.int(),
    /** Runs that were left out because the whole took longer than 15 s. */
    leftOut: z.int(),
  }),
  errors: ['too_many_requests', 'scripts_unavailable'],
});
