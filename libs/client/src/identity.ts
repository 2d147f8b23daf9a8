import { hostname } from 'node:os';

/** The name of the pod that this process runs in, where the platform says one. */
export function podName(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (env.POD_NAME) return env.POD_NAME;
  return env.KUBERNETES_SERVICE_HOST ? env.HOSTNAME || undefined : undefined;
}

/**
 * Who this process is, when nobody said so: the pod, else the host; with the number of its cache slot, so that it is
 * the same one after a restart. Without a slot nothing is remembered, and `bootId` keeps it apart from its siblings.
 */
export function instanceIdOf(pod: string | undefined, slotIndex: number | undefined, bootId: string): string {
  const host = (pod ?? hostname()).slice(0, 100);
  if (slotIndex === undefined) return pod ?? `${host}-${bootId.slice(0, 8)}`;
  return pod !== undefined && slotIndex === 0 ? host : `${host}-${slotIndex}`;
}
