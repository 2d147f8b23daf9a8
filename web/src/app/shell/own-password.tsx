import { contracts } from '@sluice/protocol';
import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useMe } from '../../lib/access.ts';
import { useText } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { NewPassword, passwordFault } from '../../parts/new-password.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

export function OwnPassword({ onClose }: { readonly onClose: () => void }) {
  const t = useText();
  const me = useMe();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState({ password: '', again: '' });
  const [tried, setTried] = useState(false);
  const save = useMutation<undefined, Problem>({
    mutationFn: () => call(contracts.changeOwnPassword, { body: { current, next: next.password } }),
  });
  const submit = (): void => {
    setTried(true);
    if (current !== '' && passwordFault(next, t) === undefined) save.mutate();
  };
  return (
    <SidePanel title={t.shell.ownPassword} open onClose={onClose} width={420}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack>
          {save.isSuccess && <Notice tone="ok">{t.shell.passwordChanged}</Notice>}
          {save.isError && <ProblemBox error={save.error} />}
          <Field label={t.shell.currentPassword} error={tried && current === '' && t.common.required}>
            {(ids) => (
              <Input.Password
                {...ids}
                value={current}
                autoComplete="current-password"
                onChange={(event) => setCurrent(event.target.value)}
              />
            )}
          </Field>
          <NewPassword value={next} onChange={setNext} tried={tried} />
          <AsCommand line={['sluice', 'password', '--user', me?.name ?? '…']} />
          <Row end>
            <Button onClick={onClose}>{save.isSuccess ? t.common.close : t.common.cancel}</Button>
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {t.shell.changePassword}
            </Button>
          </Row>
        </Stack>
      </form>
    </SidePanel>
  );
}
