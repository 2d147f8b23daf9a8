import {
  allows,
  contracts,
  type Me,
  type Permission,
  permissionsOf,
  type Role,
  roles,
} from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useText } from './i18n/language.ts';
import { read } from './transport.ts';

/** Who looks at the page. Absent while it is being asked. */
export function useMe(): Me | undefined {
  return useQuery({ ...read(contracts.whoAmI), staleTime: 60_000 }).data;
}

/** Whether the reader may do something there, and when not, why and whom to ask. */
export type May =
  | { readonly allowed: true; readonly reason?: undefined }
  | { readonly allowed: false; readonly reason: string };

/** The least role that carries a permission, to name it to people. */
const leastRole = (permission: Permission): Role =>
  [...roles]
    .sort((a, b) => permissionsOf[a].length - permissionsOf[b].length)
    .find((r) => permissionsOf[r].includes(permission)) ?? 'admin';

export function useMay(permission: Permission, place: { environment?: string; app?: string } = {}): May {
  const me = useMe();
  const t = useText();
  const isAllowed = me !== undefined && (me.kind === 'insecureDev' || allows(me.grants, permission, place));
  const holders = useQuery({
    ...read(contracts.listHolders, { params: { permission }, query: place }),
    enabled: me !== undefined && !isAllowed,
    staleTime: 300_000,
    retry: false,
  }).data;
  if (!me) return { allowed: false, reason: t.common.loading };
  if (isAllowed) return { allowed: true };
  const where =
    [place.app, place.environment].filter((part) => part !== undefined).join(' / ') || t.access.wholeServer;
  const role = t.roles[leastRole(permission)];
  // Names are told to those who see the place.
  if (!holders || holders.items.length === 0) return { allowed: false, reason: t.access.needs(role, where) };
  const names = holders.items.map(({ name }) => name);
  return { allowed: false, reason: t.access.needsAsk(role, where, names, holders.more) };
}
