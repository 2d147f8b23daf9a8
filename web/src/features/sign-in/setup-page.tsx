import { contracts, type Me } from '@sluice/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { queryClient } from '../../lib/query-client.ts';
import { call, keyOf, read } from '../../lib/transport.ts';
import { NewPassword, passwordFault } from '../../parts/new-password.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';
import { Card } from './card.tsx';

const userNamePattern = /^[A-Za-z0-9._@-]{1,64}$/;

/** The first administrator, with the one-time token that the server printed. There is no default password. */
export function SetupPage() {
  const t = useText();
  const navigate = useNavigate();
  const search = useSearch({ from: '/setup' });
  const server = useQuery({ ...read(contracts.setupState), staleTime: 5_000 });
  const [setupToken, setSetupToken] = useState(search.token ?? '');
  const [userName, setUserName] = useState('');
  const [pair, setPair] = useState({ password: '', again: '' });
  const [tried, setTried] = useState(false);
  const setup = useMutation<Me, Problem>({
    mutationFn: () =>
      call(contracts.setup, { body: { setupToken: setupToken.trim(), userName, password: pair.password } }),
    onSuccess: (me) => {
      queryClient.clear();
      queryClient.setQueryData(keyOf(contracts.whoAmI), me);
      void navigate({ to: '/', replace: true });
    },
  });
  if (server.data && !server.data.needed && !setup.isSuccess)
    return (
      <Card title={t.signIn.setupTitle}>
        <Stack>
          <Notice tone="idle">{t.signIn.setupDone}</Notice>
          <Link to="/login">{t.signIn.title}</Link>
        </Stack>
      </Card>
    );
  const nameFault = userNamePattern.test(userName) ? undefined : t.signIn.userNameRule;
  return (
    <Card title={t.signIn.setupTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!nameFault && setupToken && !passwordFault(pair, t)) setup.mutate();
        }}
      >
        <Stack gap={14}>
          <p className="quiet">{t.signIn.setupIntro}</p>
          {server.isError && <ProblemBox error={server.error} retry={() => void server.refetch()} />}
          {setup.isError && <ProblemBox error={setup.error} />}
          {search.token === undefined && (
            <Field
              label={t.signIn.setupToken}
              hint={t.signIn.setupTokenHint}
              error={tried && !setupToken && t.common.required}
            >
              {(ids) => (
                <Input
                  {...ids}
                  autoComplete="off"
                  spellCheck={false}
                  value={setupToken}
                  onChange={(event) => setSetupToken(event.target.value)}
                />
              )}
            </Field>
          )}
          <Field label={t.signIn.userName} error={tried && nameFault}>
            {(ids) => (
              <Input
                {...ids}
                autoFocus
                autoComplete="username"
                spellCheck={false}
                value={userName}
                onChange={(event) => setUserName(event.target.value)}
              />
            )}
          </Field>
          <NewPassword value={pair} onChange={setPair} tried={tried} />
          <Button type="primary" htmlType="submit" block loading={setup.isPending}>
            {t.signIn.setupButton}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
