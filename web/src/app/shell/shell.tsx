import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { KillBanner } from '../../features/kill/kill-banner.tsx';
import { useText } from '../../lib/i18n/language.ts';
import { openLink } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { useEnvironment } from '../../parts/place.ts';
import { LoadingRows } from '../../ui/empty.tsx';
import { keepEnvironment, lastEnvironment } from './last-environment.ts';
import { Navigation } from './navigation.tsx';
import { ServerAway } from './server-away.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';

/** The frame of the console for people who are signed in. */
export function Shell() {
  const t = useText();
  const navigate = useNavigate();
  const me = useQuery({ ...read(contracts.whoAmI), staleTime: 60_000 });
  const isSignedOut = me.error?.status === 401;
  useEffect(() => {
    if (!isSignedOut) return;
    const here = location.pathname + location.search;
    void navigate({ to: '/login', search: { next: here === '/' ? undefined : here }, replace: true });
  }, [isSignedOut, navigate]);
  if (me.data !== undefined && !isSignedOut) return <Frame insecure={me.data.kind === 'insecureDev'} />;
  return me.isError && !isSignedOut ? (
    <ServerAway error={me.error} retry={() => void me.refetch()} />
  ) : (
    <LoadingRows rows={8} label={t.common.loading} />
  );
}

function Frame({ insecure }: { readonly insecure: boolean }) {
  const t = useText();
  const { env } = useParams({ strict: false });
  const shown = env ?? lastEnvironment();
  const environment = useEnvironment(shown ?? '');
  useEffect(openLink, []);
  useEffect(() => {
    if (env) keepEnvironment(env);
  }, [env]);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {t.shell.skip}
      </a>
      {insecure && (
        <div className={styles.band} role="status">
          {t.shell.insecure}
        </div>
      )}
      {environment?.protected && (
        <div className={styles.protected} role="status">
          <strong>{environment.name}</strong> · {t.shell.protected}
        </div>
      )}
      <TopBar environment={shown} inEnvironment={env !== undefined} />
      {shown !== undefined && <KillBanner environment={shown} />}
      <div className={styles.body}>
        <Navigation environment={shown} />
        <main id="main" className={styles.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}
