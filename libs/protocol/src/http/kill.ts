import { z } from 'zod';
import { moment, name } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { environmentParams, none, noQuery } from './request-parts.ts';

const toggles = {
  /** Nothing new is published or pushed; what runs can still be abandoned, and what was can be rolled back for a reason. */
  freezePublishes: z.boolean(),
  /** Every rule in `intercept` only watches. */
  monitorOnly: z.boolean(),
  /** Every injected fault ends, and none begins. */
  endFaults: z.boolean(),
};

/** One kill switch: of a whole environment, or of one app in it. What holds for an app is both together. */
export const killSwitch = z.object({
  /** Absent: the whole environment. */
  app: name.optional(),
  ...toggles,
  reason: z.string(),
  by: z.string(),
  at: moment,
  /** Grows with every turn. */
  version: z.int(),
  /** Online instances that it is for, and how many of them said that they obey. */
  instances: z.int(),
  acked: z.int(),
  /**
   * Those that did not say so yet, at most 20 of them, by app and id: of apps whose instances the asker may see.
   * Absent in what pages are told live.
   */
  silent: z.array(z.object({ app: name, instanceId: z.string() })).optional(),
});
export type KillSwitchState = z.infer<typeof killSwitch>;

export const getKill = contract({
  id: 'getKill',
  summary: 'Kill switches of an environment that were ever turned, and who obeys them',
  method: 'GET',
  path: '/api/v1/environments/:env/kill',
  access: 'config:read',
  params: environmentParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(killSwitch), at: moment }),
});

export const setKill = contract({
  id: 'setKill',
  summary: 'Turn the kill switch of an environment or of one app; false undoes what was turned on',
  method: 'PUT',
  path: '/api/v1/environments/:env/kill',
  access: 'kill:use',
  params: environmentParams,
  query: noQuery,
  body: z
    .strictObject({
      app: name.optional(),
      /** Absent ones stay as they are. */
      freezePublishes: z.boolean().optional(),
      monitorOnly: z.boolean().optional(),
      endFaults: z.boolean().optional(),
      reason: text(2000).min(1),
    })
    .refine((b) => [b.freezePublishes, b.monitorOnly, b.endFaults].some((turned) => turned !== undefined), {
      message: 'needs one of freezePublishes, monitorOnly, endFaults',
      params: { problem: 'required', zh: '需要 freezePublishes、monitorOnly、endFaults 之一' },
    }),
  status: 200,
  response: killSwitch,
});
