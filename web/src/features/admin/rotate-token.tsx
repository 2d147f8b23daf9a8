import { contracts, type Token } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { NewSecret } from './new-secret.tsx';

/** Minutes that the old secret goes on. */
const overlaps = ['0', '60', '1440', '10080', '43200'] as const;

export function RotateToken({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  const t = useAdminText();
  const client = useQueryClient();
  const [overlap, setOverlap] = useState<(typeof overlaps)[number]>('1440');
  const rotate = useMutation<{ secret: string }, Problem>({
    mutationFn: () =>
      call(contracts.rotateToken, { params: { token: token.id }, body: { overlapMinutes: Number(overlap) } }),
    onSuccess: () => client.invalidateQueries({ queryKey: [contracts.listTokens.id] }),
  });
  const title = t.tokens.rotateOf(token.name);
  if (rotate.data) return <NewSecret title={title} secret={rotate.data.secret} onClose={onClose} />;
  return (
    <SidePanel title={title} open onClose={onClose} width={520}>
      <Stack gap={14}>
        {rotate.isError && <ProblemBox error={rotate.error} />}
        <p>{t.tokens.rotateHint}</p>
        <Field label={t.tokens.overlap}>
          {({ id }) => (
            <Select
              id={id}
              value={overlap}
              onChange={setOverlap}
              options={overlaps.map((value) => ({ value, label: t.tokens.overlaps[value] }))}
            />
          )}
        </Field>
        <AsCommand line={['sluice', 'token', 'rotate', token.prefix, '--overlap', `${overlap}m`]} />
        <Row end>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="primary" loading={rotate.isPending} onClick={() => rotate.mutate()} data-first-focus>
            {title}
          </Button>
        </Row>
      </Stack>
    </SidePanel>
  );
}
