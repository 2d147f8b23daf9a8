import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clockTime, shortDigest } from '../../lib/format.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { VerdictLine } from '../../parts/verdict-line.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useNamespace } from './namespace-context.ts';

/** The proof for what is released now, always in sight: of the push while it runs, of live memory ever after. */
export function LatestPush() {
  const t = useDeliveryText();
  const { place, namespace, live } = useNamespace();
  const { env, app } = place;
  const released = namespace.live;
  const id = released?.pushId;
  const push = useQuery({
    ...read(contracts.getPush, { params: { env, app, push: id ?? '' } }),
    enabled: id !== undefined,
  });
  if (!released || id === undefined) return null;
  // Its place is kept: the tabs below stay where they are when the answer comes.
  if (push.isPending) return <Notice tone="idle">{t.common.loading}</Notice>;
  if (!push.data) return null;
  const link = (
    <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app, push: id }}>
      {t.push.openPage}
    </Link>
  );
  const settled = push.data.state === 'converged' || push.data.state === 'promoted';
  if (!settled || !live || live.online === 0) return <VerdictLine push={push.data} action={link} />;
  const asMeant = live.variants.filter((variant) => variant.isTarget);
  const countOf = (variants: typeof asMeant): number =>
    variants.reduce((sum, variant) => sum + variant.instanceCount, 0);
  const holding = countOf(asMeant.filter((variant) => variant.release === released.number));
  // Those whom a layer gives something else are meant to hold that.
  const layered = countOf(asMeant) - holding;
  return (
    <Notice tone={holding + layered === live.online ? 'ok' : 'warn'} action={link}>
      <strong>{t.push.holds(holding, live.online, t.namespaces.release(released.number))}</strong>{' '}
      <span className="num">{t.push.proof(shortDigest(released.digest), clockTime(live.at))}</span>
      {layered > 0 && <span> {t.layers.others(layered)}</span>}
    </Notice>
  );
}
