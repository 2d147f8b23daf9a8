import {
  AlertOutlined,
  AppstoreOutlined,
  BellOutlined,
  DashboardOutlined,
  HistoryOutlined,
  ReadOutlined,
  SettingOutlined,
} from '@ant-design/icons';
import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fullMoment, zoneText } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import styles from './shell.module.css';

export function Navigation({ environment }: { readonly environment: string | undefined }) {
  const t = useText();
  const server = useQuery({ ...read(contracts.setupState), staleTime: Number.POSITIVE_INFINITY });
  const nowMs = Date.now();
  const params = { env: environment ?? '' };
  return (
    <nav className={styles.nav} aria-label={t.shell.navigation}>
      {environment !== undefined && (
        <>
          <Entry icon={<DashboardOutlined />} link={{ to: '/environments/$env', params }} exact>
            {t.shell.overview}
          </Entry>
          <Entry icon={<AppstoreOutlined />} link={{ to: '/environments/$env/apps', params }}>
            {t.shell.apps}
          </Entry>
          <Entry icon={<HistoryOutlined />} link={{ to: '/environments/$env/changes', params }}>
            {t.shell.changes}
          </Entry>
          <Entry icon={<AlertOutlined />} link={{ to: '/environments/$env/incident', params }}>
            {t.shell.incident}
          </Entry>
          <Entry icon={<BellOutlined />} link={{ to: '/environments/$env/alerts', params }}>
            {t.shell.alerts} <FiringAlerts environment={environment} />
          </Entry>
        </>
      )}
      {server.data?.demo && (
        <Entry icon={<ReadOutlined />} link={{ to: '/story' }}>
          {t.shell.story}
        </Entry>
      )}
      <Entry icon={<SettingOutlined />} link={{ to: '/admin' }}>
        {t.shell.admin}
      </Entry>
      {server.data && (
        <p className={styles.navFoot}>
          Sluice {server.data.version}
          <br />
          <span title={fullMoment(nowMs)}>{t.shell.timesIn(zoneText(nowMs))}</span>
        </p>
      )}
    </nav>
  );
}

interface EntryProps {
  readonly icon: ReactNode;
  readonly link: LinkProps;
  readonly exact?: boolean;
  readonly children: ReactNode;
}

function Entry({ icon, link, exact = false, children }: EntryProps) {
  return (
    <Link
      {...link}
      className={styles.navLink}
      activeProps={{ className: `${styles.navLink} ${styles.navActive}`, 'aria-current': 'page' }}
      activeOptions={{ exact, includeSearch: false }}
    >
      <span aria-hidden="true">{icon}</span>
      <span className={styles.navLabel}>{children}</span>
    </Link>
  );
}

/** How many alerts fire now; nothing while none does. */
function FiringAlerts({ environment }: { readonly environment: string }) {
  const firing = useQuery({
    ...read(contracts.listAlerts, {
      params: { env: environment },
      query: { limit: '1', state: 'firing' },
    }),
    refetchInterval: 5000,
  });
  const count = firing.data?.firing ?? 0;
  return count > 0 && <strong className={styles.navCount}>{count}</strong>;
}
