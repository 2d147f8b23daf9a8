import { BulbOutlined, GlobalOutlined, UserOutlined } from '@ant-design/icons';
import { contracts } from '@sluice/protocol';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { KillSwitchButton } from '../../features/kill/kill-switch.tsx';
import { useMe } from '../../lib/access.ts';
import { switchLanguage, useLanguage, useText } from '../../lib/i18n/language.ts';
import { chooseTheme, themeChoices, useThemeChoice } from '../../lib/theme.ts';
import { call, read } from '../../lib/transport.ts';
import { Menu } from '../../ui/menu.tsx';
import { ConnectionChip } from './connection-chip.tsx';
import { PaletteButton } from './palette-button.tsx';
import styles from './shell.module.css';

/** Loaded when it is asked for. */
const OwnPassword = lazy(async () => ({ default: (await import('./own-password.tsx')).OwnPassword }));

interface Props {
  readonly environment: string | undefined;
  readonly inEnvironment: boolean;
}

export function TopBar({ environment, inEnvironment }: Props) {
  const t = useText();
  const language = useLanguage();
  return (
    <header className={styles.bar}>
      <Link to="/" className={styles.brand}>
        <img src="/icon.svg" alt="" />
        <span className={styles.brandName}>Sluice</span>
      </Link>
      <EnvironmentSelect environment={environment} inEnvironment={inEnvironment} />
      <span className={styles.spacer} />
      {environment !== undefined && <KillSwitchButton environment={environment} />}
      <PaletteButton environment={environment} />
      <ConnectionChip />
      <button
        type="button"
        className={styles.plain}
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => void switchLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        <GlobalOutlined aria-hidden="true" />
        <span className={styles.languageName}>{t.shell.otherLanguage}</span>
      </button>
      <ThemeMenu />
      <UserMenu />
    </header>
  );
}

function EnvironmentSelect({ environment, inEnvironment }: Props) {
  const t = useText();
  const navigate = useNavigate();
  const environments = useQuery({ ...read(contracts.listEnvironments), staleTime: 30_000 });
  return (
    <select
      aria-label={t.shell.environment}
      className={styles.environment}
      value={environment ?? ''}
      onChange={(event) => {
        // The same app may hold other things there, so the choice leads to what every environment has.
        const params = { env: event.target.value };
        void navigate({ to: inEnvironment ? '/environments/$env' : '/environments/$env/apps', params });
      }}
    >
      {(environments.data?.items ?? []).map((each) => (
        <option key={each.name} value={each.name}>
          {each.protected ? t.shell.protectedOption(each.name) : each.name}
        </option>
      ))}
    </select>
  );
}

function ThemeMenu() {
  const t = useText();
  const choice = useThemeChoice();
  return (
    <Menu
      label={t.shell.themeLabel}
      button={<BulbOutlined aria-hidden="true" />}
      entries={themeChoices.map((each) => ({
        key: each,
        label: t.shell.theme[each],
        checked: each === choice,
        onPick: () => chooseTheme(each),
      }))}
    />
  );
}

function UserMenu() {
  const t = useText();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [password, setPassword] = useState(false);
  const signOut = async (): Promise<void> => {
    await call(contracts.signOut).catch(() => undefined);
    client.clear();
    location.assign('/login');
  };
  if (!me) return null;
  return (
    <>
      <Menu
        label={t.shell.userMenu(me.name)}
        button={
          <>
            <UserOutlined aria-hidden="true" />
            <span className={styles.userName}>{me.name}</span>
          </>
        }
        entries={[
          {
            key: 'password',
            label: t.shell.ownPassword,
            disabled: me.kind !== 'user',
            onPick: () => setPassword(true),
          },
          {
            key: 'sessions',
            label: t.shell.ownSessions,
            disabled: me.kind !== 'user',
            onPick: () => void navigate({ to: '/admin/sessions' }),
          },
          {
            key: 'out',
            label: t.shell.signOut,
            disabled: me.kind === 'insecureDev',
            onPick: () => void signOut(),
          },
        ]}
      />
      {password && (
        <Suspense>
          <OwnPassword onClose={() => setPassword(false)} />
        </Suspense>
      )}
    </>
  );
}
