import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clockTime, shortDigest } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { VerdictLine } from '../../parts/verdict-line.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useNamespace } from './namespace-context.ts';

/** The proof for what is released now, always in sight: of the push while it runs, of live memory ever after. */
export function LatestPush() {
  const t = useText();
  const { place, namespace, live } = useNamespace();
  const { env, app, ns } = place;
  const pushes = useQuery(
    read(contracts.listPushes, { params: { env, app }, query: { namespace: ns, limit: '1' } }),
  );
  const push = pushes.data?.items[0];
  const released = namespace.live;
  if (!released || !push) return null;
  const link = (
    <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app, push: push.id }}>
      {t.push.openPage}
    </Link>
  );
  if (push.state !== 'converged' || !live || live.online === 0)
    return <VerdictLine push={push} action={link} />;
  const holding = live.variants
    .filter((variant) => variant.isTarget)
    .reduce((sum, variant) => sum + variant.instanceCount, 0);
  return (
    <Notice tone={holding === live.online ? 'ok' : 'warn'} action={link}>
      <strong>{t.push.holds(holding, live.online, t.namespaces.release(released.number))}</strong>{' '}
      <span className="num">{t.push.proof(shortDigest(released.digest), clockTime(live.at))}</span>
    </Notice>
  );
}
