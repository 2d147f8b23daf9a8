import { resourceTypes } from '@sluice/core';
import { z } from 'zod';
import { drill, drillEvent, drillMeasure, drillTarget } from '../http/drill.ts';
import { instance } from '../http/instances.ts';
import { killSwitch } from '../http/kill.ts';
import { releaseSummary } from '../http/namespaces.ts';
import { push, pushInstance } from '../http/push.ts';
import { breakerNow, resourceName, trafficMarker, trafficPoint } from '../http/traffic.ts';
import { id, name } from '../model/name.ts';

/** The socket.io namespace of the console; it signs in with the session cookie. */
export const consoleNamespace = '/console';

/** What a page watches. Each subscription is authorised on its own. */
export const topic = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('environment'), environment: name }),
  z.strictObject({ of: z.literal('app'), environment: name, app: name }),
  z.strictObject({ of: z.literal('push'), environment: name, app: name, push: id }),
  z.strictObject({ of: z.literal('drill'), environment: name, app: name, drill: id }),
  /** Calls of an app: of one resource, or of all of them in fewer words. */
  z.strictObject({
    of: z.literal('traffic'),
    environment: name,
    app: name,
    resource: resourceName.optional(),
    type: z.enum(resourceTypes).optional(),
  }),
]);
export type Topic = z.infer<typeof topic>;

/** One text per topic, used as the room's name on the server and as the key on the page. */
export function topicKey(t: Topic): string {
  switch (t.of) {
    case 'environment':
      return `environment ${t.environment}`;
    case 'app':
      return `app ${t.environment} ${t.app}`;
    case 'push':
      return `push ${t.environment} ${t.app} ${t.push}`;
    case 'drill':
      return `drill ${t.environment} ${t.app} ${t.drill}`;
    case 'traffic':
      return t.resource === undefined
        ? `traffic ${t.environment} ${t.app}`
        : `traffic ${t.environment} ${t.app} ${t.type ?? ''} ${encodeURIComponent(t.resource)}`;
  }
}

/** What happened, coalesced to at most 4 a second per topic. Each entry replaces the one it names. */
export const liveUpdate = z.object({
  topic,
  /** On `app` and `environment`. */
  instances: z.array(instance).optional(),
  /** Instances that are no longer listed. */
  gone: z.array(z.string()).optional(),
  pushes: z.array(push).optional(),
  released: z.array(z.object({ app: name, namespace: name, release: releaseSummary })).optional(),
  /** On `push`: targets whose state moved. */
  pushInstances: z.array(pushInstance).optional(),
  /**
   * On `traffic`, each second: the newest steps of 1 s of every resource that had any. A step that was told before and
   * comes again has grown by a late report.
   */
  traffic: z
    .array(
      z.object({
        resource: z.string(),
        type: z.enum(resourceTypes),
        points: z.array(trafficPoint),
        breakers: z.array(breakerNow),
      }),
    )
    .optional(),
  markers: z.array(trafficMarker).optional(),
  /** On `app` and `environment`: switches that were turned, or that more instances obey. */
  kill: z.array(killSwitch).optional(),
  /** On `app`, `environment` and `drill`: drills that moved. */
  drills: z.array(drill).optional(),
  /** On `drill`: its checks as they are now, targets that moved, and what happened since the last update. */
  drillMeasures: z.array(drillMeasure).optional(),
  drillTargets: z.array(drillTarget).optional(),
  drillEvents: z.array(drillEvent).optional(),
  at: z.iso.datetime(),
});
export type LiveUpdate = z.infer<typeof liveUpdate>;

export const watch = z.strictObject({ topic });
export const unwatch = z.strictObject({ topic });

export interface ServerToConsole {
  update: (update: LiveUpdate) => void;
}
export interface ConsoleToServer {
  /** Answers whether the topic may be watched; the first `update` after it carries only what changes from then on. */
  watch: (request: z.input<typeof watch>, answer: (ok: boolean) => void) => void;
  unwatch: (request: z.input<typeof unwatch>) => void;
}
