import { BulbOutlined, GlobalOutlined, UserOutlined } from '@ant-design/icons';
import { contracts } from '@sluice/protocol';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Dropdown, Select } from 'antd';
import { useState } from 'react';
import { useMe } from '../../lib/access.ts';
import { switchLanguage, useLanguage, useText } from '../../lib/i18n/language.ts';
import { chooseTheme, type ThemeChoice, themeChoices, useThemeChoice } from '../../lib/theme.ts';
import { call, read } from '../../lib/transport.ts';
import { ConnectionChip } from './connection-chip.tsx';
import { OwnPassword } from './own-password.tsx';
import { Palette } from './palette.tsx';
import styles from './shell.module.css';

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
      <Palette environment={environment} />
      <ConnectionChip />
      <Button
        type="text"
        icon={<GlobalOutlined aria-hidden="true" />}
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => void switchLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {t.shell.otherLanguage}
      </Button>
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
    <Select
      aria-label={t.shell.environment}
      value={environment}
      placeholder={t.shell.environment}
      loading={environments.isPending}
      style={{ minWidth: 150 }}
      options={(environments.data?.items ?? []).map((each) => ({
        value: each.name,
        label: each.protected ? t.shell.protectedOption(each.name) : each.name,
      }))}
      onChange={(env: string) => {
        // Inside an environment the same kind of page is shown; what an app holds there may differ, so not deeper.
        void navigate({
          to: inEnvironment ? '/environments/$env' : '/environments/$env/apps',
          params: { env },
        });
      }}
    />
  );
}

function ThemeMenu() {
  const t = useText();
  const choice = useThemeChoice();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [choice],
        items: themeChoices.map((each) => ({ key: each, label: t.shell.theme[each] })),
        onClick: ({ key }) => chooseTheme(key as ThemeChoice),
      }}
    >
      <Button type="text" icon={<BulbOutlined aria-hidden="true" />} aria-label={t.shell.themeLabel} />
    </Dropdown>
  );
}

function UserMenu() {
  const t = useText();
  const me = useMe();
  const client = useQueryClient();
  const [password, setPassword] = useState(false);
  const signOut = async (): Promise<void> => {
    await call(contracts.signOut).catch(() => undefined);
    client.clear();
    location.assign('/login');
  };
  if (!me) return null;
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'password', label: t.shell.ownPassword, disabled: me.kind !== 'user' },
            { key: 'out', label: t.shell.signOut, disabled: me.kind === 'insecureDev' },
          ],
          onClick: ({ key }) => (key === 'password' ? setPassword(true) : void signOut()),
        }}
      >
        <Button type="text" icon={<UserOutlined aria-hidden="true" />} aria-label={t.shell.userMenu(me.name)}>
          {me.name}
        </Button>
      </Dropdown>
      {password && <OwnPassword onClose={() => setPassword(false)} />}
    </>
  );
}
