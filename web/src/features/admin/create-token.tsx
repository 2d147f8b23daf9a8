import { contracts, type Permission, permissionsOf, type Role, roles } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { NewSecret } from './new-secret.tsx';
import { usePlaces } from './places.ts';

/** A token for an application's processes or for a person's script. Its secret is shown here and never again. */
export function CreateToken({ onClose }: { readonly onClose: () => void }) {
  const t = useAdminText();
  const client = useQueryClient();
  const { environments, apps } = usePlaces();
  const mayManage = useMay('token:manage');
  const [kind, setKind] = useState<'client' | 'api'>(mayManage.allowed ? 'client' : 'api');
  const [name, setName] = useState('');
  const [environment, setEnvironment] = useState<string>();
  const [app, setApp] = useState<string>();
  const [role, setRole] = useState<Role | 'mine'>('mine');
  const [only, setOnly] = useState<readonly Permission[]>();
  const [days, setDays] = useState('');
  const [tried, setTried] = useState(false);
  const expiresInDays = days === '' ? undefined : Number(days);
  const daysFault =
    expiresInDays !== undefined &&
    !(Number.isInteger(expiresInDays) && expiresInDays >= 1 && expiresInDays <= 3650)
      ? t.tokens.daysRule
      : undefined;
  const create = useMutation<{ secret: string }, Problem>({
    mutationFn: () => {
      const common = {
        name,
        environment: environment ?? '',
        app: app ?? '',
        ...(expiresInDays !== undefined && { expiresInDays }),
      };
      return call(contracts.createToken, {
        body:
          kind === 'client'
            ? { kind, ...common }
            : { kind, ...common, ...(role !== 'mine' && { role, ...(only && { only: [...only] }) }) },
      });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: [contracts.listTokens.id] }),
  });
  // A client token is one app in one environment; only an api token may be for every one.
  const offered = (options: readonly { value: string; label: string }[]) =>
    options.filter((each) => kind === 'api' || each.value !== '*');
  const required = (value: string | undefined): string | undefined =>
    tried && (!value || (kind === 'client' && value === '*')) ? t.common.required : undefined;
  const complete =
    name !== '' &&
    environment &&
    app &&
    !daysFault &&
    only?.length !== 0 &&
    (kind === 'api' || (environment !== '*' && app !== '*'));

  if (create.data) return <NewSecret title={t.tokens.create} secret={create.data.secret} onClose={onClose} />;
  return (
    <SidePanel title={t.tokens.create} open onClose={onClose} width={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (complete) create.mutate();
        }}
      >
        <Stack gap={14}>
          {create.isError && <ProblemBox error={create.error} />}
          <Field label={t.tokens.kind}>
            {() => (
              <Radio.Group
                aria-label={t.tokens.kind}
                value={kind}
                onChange={(event) => setKind(event.target.value as 'client' | 'api')}
              >
                <Stack gap={6}>
                  <Radio value="client" disabled={!mayManage.allowed} title={mayManage.reason}>
                    <strong>{t.tokens.kinds.client}</strong>{' '}
                    <span className="quiet">{t.tokens.clientHint}</span>
                  </Radio>
                  <Radio value="api">
                    <strong>{t.tokens.kinds.api}</strong> <span className="quiet">{t.tokens.apiHint}</span>
                  </Radio>
                </Stack>
              </Radio.Group>
            )}
          </Field>
          <Field label={t.tokens.name} error={required(name)}>
            {(ids) => (
              <Input
                {...ids}
                maxLength={128}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label={t.shell.environment} error={required(environment)}>
            {({ id }) => (
              <Select id={id} value={environment} onChange={setEnvironment} options={offered(environments)} />
            )}
          </Field>
          <Field label={t.shell.app} error={required(app)}>
            {({ id }) => <Select id={id} showSearch value={app} onChange={setApp} options={offered(apps)} />}
          </Field>
          {kind === 'api' && (
            <Field label={t.admin.role}>
              {({ id }) => (
                <Select<Role | 'mine'>
                  id={id}
                  value={role}
                  onChange={(next) => {
                    setRole(next);
                    setOnly(undefined);
                  }}
                  options={[
                    { value: 'mine', label: t.tokens.asMe },
                    ...roles.map((each) => ({ value: each, label: t.roles[each] })),
                  ]}
                />
              )}
            </Field>
          )}
          {kind === 'api' && role !== 'mine' && (
            <Field label={t.tokens.only} hint={t.tokens.onlyHint}>
              {({ id }) => (
                <Select<Permission[]>
                  id={id}
                  mode="multiple"
                  value={[...(only ?? permissionsOf[role])]}
                  onChange={(next) => setOnly(next.length === permissionsOf[role].length ? undefined : next)}
                  options={permissionsOf[role].map((each) => ({
                    value: each,
                    label: each,
                    title: t.permissions[each],
                  }))}
                />
              )}
            </Field>
          )}
          <Field label={t.tokens.days} hint={t.tokens.daysHint} error={daysFault}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                value={days}
                onChange={(event) => setDays(event.target.value.trim())}
              />
            )}
          </Field>
          {(kind === 'client' || role !== 'mine') && (
            <AsCommand
              line={[
                ...['sluice', 'token', 'create', '--kind', kind, '--name', name || '…'],
                ...(environment && environment !== '*' ? ['--env', environment] : []),
                ...(app && app !== '*' ? ['--app', app] : []),
                ...(kind === 'api' ? ['--role', role, ...(only ? ['--only', only.join(',')] : [])] : []),
                ...(expiresInDays === undefined ? [] : ['--expires-in-days', days]),
              ]}
            />
          )}
          <Row end>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="primary" htmlType="submit" loading={create.isPending}>
              {t.tokens.create}
            </Button>
          </Row>
        </Stack>
      </form>
    </SidePanel>
  );
}
