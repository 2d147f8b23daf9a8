import cluster from 'node:cluster';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';

/** The name of the pod that this process runs in, where the platform says one. */
export function podName(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (env.POD_NAME) return env.POD_NAME;
  return env.KUBERNETES_SERVICE_HOST ? env.HOSTNAME || undefined : undefined;
}

/** Whether this is one of several in its pod: a thread, or a process that `node:cluster` or PM2 has begun beside others. */
export function isOneOfSeveral(env: Readonly<Record<string, string | undefined>>): boolean {
  const number = env.NODE_APP_INSTANCE;
  return threadId !== 0 || (number === undefined ? cluster.isWorker : number !== '0');
}

/**
 * Who this process is, when nobody said so: the pod, else the host; with the number of its cache slot, so that it is
 * the same one after a restart. Without a slot nothing is remembered, and `bootId` keeps it apart from its siblings;
 * a pod that has but one process is known by its name.
 */
export function instanceIdOf(
  pod: string | undefined,
  slotIndex: number | undefined,
  bootId: string,
  hasSiblings = isOneOfSeveral(process.env),
): string {
  const host = (pod ?? hostname()).slice(0, 100);
  if (slotIndex === undefined)
    return pod !== undefined && !hasSiblings ? pod : `${host}-${bootId.slice(0, 8)}`;
  return pod !== undefined && slotIndex === 0 ? host : `${host}-${slotIndex}`;
}
