import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNow } from '../lib/clock.ts';
import { read } from '../lib/transport.ts';
import type { NamespacePlace } from './place.ts';
import { isInForce } from './push-acts.ts';

/** Pushes that give some instances something else of this namespace right now, newest first. */
export function useLayers({ env, app, ns }: NamespacePlace): readonly Push[] {
  const now = useNow();
  const pushes = useQuery(
    read(contracts.listPushes, { params: { env, app }, query: { namespace: ns, limit: '200' } }),
  );
  return (pushes.data?.items ?? []).filter((push) => isInForce(push, now));
}

/** The keys that a push decides in a namespace; a document has the key `''`. */
export const keysIn = (push: Push, ns: string): readonly string[] =>
  push.namespaces.find((each) => each.name === ns)?.keys ?? [];
