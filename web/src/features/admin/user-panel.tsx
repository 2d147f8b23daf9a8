import { contracts, type Grant, type User } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { words } from '../../parts/command-line.ts';
import { NewPassword, passwordFault } from '../../parts/new-password.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { createUserCommands, grantsCommands } from './grants-commands.ts';
import { GrantsField } from './grants-field.tsx';

const userNamePattern = /^[A-Za-z0-9._@-]{1,64}$/;

/** A new user, or the roles and password of one. */
export function UserPanel({ user, onClose }: { readonly user?: User; readonly onClose: () => void }) {
  const t = useAdminText();
  const client = useQueryClient();
  const [name, setName] = useState(user?.name ?? '');
  const [pair, setPair] = useState({ password: '', again: '' });
  const [grants, setGrants] = useState<readonly Grant[]>(
    user?.grants ?? [{ role: 'viewer', environment: '*', app: '*' }],
  );
  const [tried, setTried] = useState(false);
  const asksPassword = !user || pair.password !== '' || pair.again !== '';
  const fault =
    (userNamePattern.test(name) ? undefined : t.signIn.userNameRule) ??
    (asksPassword && passwordFault(pair, t) ? 'password' : undefined);
  const commands = user
    ? [
        ...grantsCommands(user.name, user.grants, grants),
        ...(asksPassword ? [words(['sluice', 'user', 'password', user.name])] : []),
      ]
    : createUserCommands(name || '…', grants);
  const save = useMutation<User, Problem>({
    mutationFn: () =>
      user
        ? call(contracts.changeUser, {
            params: { user: user.id },
            body: { grants: [...grants], ...(asksPassword && { password: pair.password }) },
          })
        : call(contracts.createUser, { body: { name, password: pair.password, grants: [...grants] } }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keyOf(contracts.listUsers) });
      onClose();
    },
  });
  return (
    <SidePanel
      title={user ? t.admin.changeUser(user.name) : t.admin.createUser}
      open
      onClose={onClose}
      width={560}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!fault) save.mutate();
        }}
      >
        <Stack gap={14}>
          {save.isError && <ProblemBox error={save.error} />}
          <Field
            label={t.signIn.userName}
            error={tried && !userNamePattern.test(name) ? t.signIn.userNameRule : undefined}
          >
            {(ids) => (
              <Input
                {...ids}
                disabled={user !== undefined}
                autoComplete="off"
                spellCheck={false}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          {user && <p className="quiet">{t.admin.passwordOptional}</p>}
          <NewPassword value={pair} onChange={setPair} tried={tried && asksPassword} />
          <Field label={t.admin.rolesTitle}>
            {() => <GrantsField grants={grants} onChange={setGrants} />}
          </Field>
          {commands.length > 0 && <AsCommand line={commands.join('\n')} />}
          <Row end>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {user ? t.admin.save : t.admin.createUser}
            </Button>
          </Row>
        </Stack>
      </form>
    </SidePanel>
  );
}
