import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { VerdictLine } from '../../parts/verdict-line.tsx';
import { useNamespace } from './namespace-context.ts';

/** The proof for what is released now, always in sight. */
export function LatestPush() {
  const t = useText();
  const { place, namespace } = useNamespace();
  const { env, app, ns } = place;
  const pushes = useQuery(
    read(contracts.listPushes, { params: { env, app }, query: { namespace: ns, limit: '1' } }),
  );
  const push = pushes.data?.items[0];
  if (!namespace.live || !push) return null;
  return (
    <VerdictLine
      push={push}
      action={
        <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app, push: push.id }}>
          {t.push.openPage}
        </Link>
      }
    />
  );
}
