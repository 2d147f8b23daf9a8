import { contracts, type Me } from '@sluice/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { queryClient } from '../../lib/query-client.ts';
import { call, keyOf, read } from '../../lib/transport.ts';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';
import { Card } from './card.tsx';

type Credentials = { userName: string; password: string } | { loginToken: string };

/** Only a place of this console, never another site. */
const placeAfter = (next: string | undefined): string => (next && /^\/(?![/\\])/.test(next) ? next : '/');

export function LoginPage() {
  const t = useText();
  const navigate = useNavigate();
  const { token, next } = useSearch({ from: '/login' });
  const server = useQuery({ ...read(contracts.setupState), staleTime: 5_000 });
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const signIn = useMutation<Me, Problem, Credentials>({
    mutationFn: (credentials) => call(contracts.signIn, { body: credentials }),
    onSuccess: (me) => {
      queryClient.clear();
      queryClient.setQueryData(keyOf(contracts.whoAmI), me);
      void navigate({ href: placeAfter(next), replace: true });
    },
  });

  const used = useRef<string>(null);
  const { mutate } = signIn;
  useEffect(() => {
    // A login token works once: the second effect of strict mode must not spend it again.
    if (token === undefined || used.current === token) return;
    used.current = token;
    mutate({ loginToken: token });
  }, [token, mutate]);

  if (server.data?.insecureDev) return <Navigate to="/" replace />;
  /** The link was used before, or is too old: nothing is wrong with whoever holds it. */
  const isSpent =
    signIn.error?.status === 401 && signIn.variables !== undefined && 'loginToken' in signIn.variables;
  const complete = userName !== '' && password !== '';
  return (
    <Card title={t.signIn.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (complete) signIn.mutate({ userName, password });
        }}
      >
        <Stack gap={14}>
          {server.data?.needed && <Notice tone="warn">{t.signIn.setupNeeded}</Notice>}
          {server.isError && <ProblemBox error={server.error} retry={() => void server.refetch()} />}
          {token !== undefined && signIn.isPending && <Notice tone="busy">{t.signIn.withToken}</Notice>}
          {signIn.isError &&
            (isSpent ? <Notice tone="warn">{t.signIn.spent}</Notice> : <ProblemBox error={signIn.error} />)}
          <Field label={t.signIn.userName} error={tried && userName === '' && t.common.required}>
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
          <Field label={t.signIn.password} error={tried && password === '' && t.common.required}>
            {(ids) => (
              <Input.Password
                {...ids}
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
          <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
            {t.signIn.button}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
