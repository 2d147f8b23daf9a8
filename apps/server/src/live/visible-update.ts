import { allows, type Grant } from '@sluice/protocol';
import type { LiveUpdate } from '@sluice/protocol/console';

/** What of an update somebody with these grants may see: an environment has apps that he may not; undefined, nothing. */
export function visibleUpdate(update: LiveUpdate, grants: readonly Grant[]): LiveUpdate | undefined {
  const { environment } = update.topic;
  const reads = (app: string): boolean => allows(grants, 'config:read', { environment, app });
  if (update.topic.of !== 'environment' || reads('*')) return update;
  const instances = update.instances?.filter(({ app }) => reads(app)) ?? [];
  const pushes = update.pushes?.filter(({ app }) => reads(app)) ?? [];
  const released = update.released?.filter(({ app }) => reads(app)) ?? [];
  const kill = update.kill?.filter(({ app }) => app === undefined || reads(app)) ?? [];
  const drills = update.drills?.filter(({ app }) => reads(app)) ?? [];
  if (instances.length + pushes.length + released.length + kill.length + drills.length === 0)
    return undefined;
  return {
    topic: update.topic,
    at: update.at,
    ...(instances.length > 0 && { instances }),
    ...(pushes.length > 0 && { pushes }),
    ...(released.length > 0 && { released }),
    ...(kill.length > 0 && { kill }),
    ...(drills.length > 0 && { drills }),
  };
}
