import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { keyOf, read } from '../lib/transport.ts';
import { Badge } from '../ui/badge.tsx';

const askAgainMs = 1000;
/** For evidence that comes late. */
const lookAgainMs = 10_000;

/** What a push is to other apps. What arrives live is told of one app, so of the others it is asked for until all have it. */
export function useLinked({ id, app, environment: env, state }: Push): Pick<Push, 'through' | 'linked'> {
  const params = { env, app, push: id };
  const whole = useQuery({
    ...read(contracts.getPush, { params }),
    queryKey: [...keyOf(contracts.getPush, { params }), 'linked', state],
    refetchInterval: ({ state: { data } }) =>
      data?.linked?.open ? askAgainMs : data?.linked?.diverged ? lookAgainMs : false,
  });
  return whole.data ?? {};
}

/** Says of a push that is at its end here that apps that link what it released are not there yet. */
export function LinkedBadge({ linked }: { readonly linked: Push['linked'] }) {
  const t = useDeliveryText();
  if (!linked || linked.converged === linked.apps) return null;
  return (
    <Badge tone={linked.diverged > 0 ? 'bad' : 'busy'}>
      {t.links.notYet(linked.apps - linked.converged, linked.apps)}
    </Badge>
  );
}
