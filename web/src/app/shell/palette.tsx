import { contracts } from '@sluice/protocol';
import { useQueries, useQuery } from '@tanstack/react-query';
import { type LinkProps, useNavigate } from '@tanstack/react-router';
import { Input, Modal } from 'antd';
import { type KeyboardEvent, useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import styles from './palette.module.css';

interface Goal {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly link: LinkProps;
}

interface Props {
  readonly environment: string | undefined;
  readonly onClose: () => void;
}

/** Jump to anything by typing its name. */
export default function Palette({ environment, onClose }: Props) {
  const t = useText();
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      title={<span className="visually-hidden">{t.shell.jump}</span>}
      width={560}
      style={{ top: 80 }}
    >
      <Goals environment={environment} onDone={onClose} />
    </Modal>
  );
}

function useGoals(env: string | undefined): Goal[] {
  const t = useText();
  const apps = useQuery({
    ...read(contracts.listAppsOf, { params: { env: env ?? '' } }),
    enabled: env !== undefined,
  });
  const names = apps.data?.items.map((each) => each.name) ?? [];
  const namespaces = useQueries({
    queries: names.map((app) => ({
      ...read(contracts.listNamespaces, { params: { env: env ?? '', app } }),
      staleTime: 30_000,
    })),
  });
  const admin: Goal[] = (['users', 'tokens', 'environments', 'audit'] as const).map((page) => ({
    key: `admin ${page}`,
    kind: t.shell.admin,
    name: t.admin[page],
    link: { to: `/admin/${page}` },
  }));
  if (env === undefined) return admin;
  return [
    {
      key: 'overview',
      kind: t.shell.page,
      name: t.shell.overview,
      link: { to: '/environments/$env', params: { env } },
    },
    {
      key: 'apps',
      kind: t.shell.page,
      name: t.shell.apps,
      link: { to: '/environments/$env/apps', params: { env } },
    },
    {
      key: 'changes',
      kind: t.shell.page,
      name: t.shell.changes,
      link: { to: '/environments/$env/changes', params: { env } },
    },
    ...names.map((app) => ({
      key: `app ${app}`,
      kind: t.shell.app,
      name: app,
      link: { to: '/environments/$env/apps/$app', params: { env, app } } as LinkProps,
    })),
    ...namespaces.flatMap((each) =>
      (each.data?.items ?? []).map((ns) => ({
        key: `namespace ${ns.app} ${ns.name}`,
        kind: t.shell.namespace,
        name: `${ns.app} / ${ns.name}`,
        link: {
          to: '/environments/$env/apps/$app/namespaces/$ns',
          params: { env, app: ns.app, ns: ns.name },
        } as LinkProps,
      })),
    ),
    ...admin,
  ];
}

function Goals({
  environment,
  onDone,
}: {
  readonly environment: string | undefined;
  readonly onDone: () => void;
}) {
  const t = useText();
  const navigate = useNavigate();
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = useGoals(environment)
    .filter((goal) => wanted.every((word) => `${goal.kind} ${goal.name}`.toLowerCase().includes(word)))
    .slice(0, 12);
  const current = Math.min(at, found.length - 1);
  const go = (goal: Goal | undefined): void => {
    if (!goal) return;
    onDone();
    void navigate(goal.link);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setAt(Math.min(current + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(current - 1, 0));
    else if (event.key === 'Enter') go(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <Input
        autoFocus
        value={words}
        placeholder={t.shell.jumpHint}
        aria-label={t.shell.jump}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-goals"
        aria-activedescendant={found[current] && `palette-${current}`}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette-goals" role="listbox" aria-label={t.shell.jump} className={styles.goals}>
        {found.map((goal, i) => (
          <div
            key={goal.key}
            id={`palette-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === current}
            className={styles.goal}
            onClick={() => go(goal)}
            onKeyDown={onKeyDown}
          >
            <span>{goal.name}</span>
            <span className="quiet">{goal.kind}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="quiet">{t.shell.jumpNothing}</p>}
    </>
  );
}
