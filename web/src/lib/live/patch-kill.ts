import { contracts, type KillSwitchState, type ResponseOf } from '@sluice/protocol';
import type { QueryClient } from '@tanstack/react-query';
import { keyOf } from '../transport.ts';

type KillAnswer = ResponseOf<typeof contracts.getKill>;

/** Puts switches that were turned, or obeyed by more, in the place of what is known of them. An older turn changes nothing. */
export function patchKill(client: QueryClient, env: string, news: readonly KillSwitchState[]): void {
  client.setQueryData<KillAnswer>(keyOf(contracts.getKill, { params: { env } }), (old) => {
    if (!old) return old;
    const byApp = new Map(old.items.map((each) => [each.app ?? '', each]));
    for (const each of news) {
      const known = byApp.get(each.app ?? '');
      if (!known || known.version <= each.version)
        byApp.set(each.app ?? '', { ...each, silent: each.silent ?? stillSilent(known, each) });
    }
    const items = [...byApp].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
    return { ...old, items };
  });
}

/** Pages are told how many are silent, and not who: those who were, until it is asked again. */
const stillSilent = (known: KillSwitchState | undefined, { instances, acked }: KillSwitchState) =>
  acked >= instances ? [] : (known?.silent ?? []);
