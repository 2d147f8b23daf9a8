import {
  type DocumentFormat,
  documentFormats,
  isName,
  type NamespaceKind,
  namespaceKinds,
} from '@sluice/core';
import { contracts, type NamespaceDetail } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { type Base, BaseField } from './base-field.tsx';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly onClose: () => void;
}

export function CreateNamespace({ env, app, onClose }: Props) {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<NamespaceKind>('map');
  const [format, setFormat] = useState<DocumentFormat>('json');
  const [description, setDescription] = useState('');
  const [base, setBase] = useState<Base>();
  const [tried, setTried] = useState(false);
  const create = useMutation<NamespaceDetail, Problem>({
    mutationFn: () =>
      call(contracts.createNamespace, {
        params: { env, app },
        body: {
          name,
          kind,
          description,
          ...(kind === 'document' && { format }),
          ...(base && { link: { app: base.app, namespace: base.namespace } }),
        },
      }),
    onSuccess: async () => {
      await client.invalidateQueries();
      void navigate({
        to: '/environments/$env/apps/$app/namespaces/$ns',
        params: { env, app, ns: name },
      });
    },
  });
  const nameFault = isName(name) ? undefined : t.common.nameRule;
  return (
    <SidePanel title={t.namespaces.create} open onClose={onClose} width={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!nameFault) create.mutate();
        }}
      >
        <Stack gap={16}>
          {create.isError && <ProblemBox error={create.error} />}
          <Field label={t.namespaces.name} hint={t.namespaces.nameHint} error={tried && nameFault}>
            {(ids) => (
              <Input
                {...ids}
                autoFocus
                spellCheck={false}
                autoComplete="off"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <BaseField
            env={env}
            app={app}
            value={base}
            onChange={(next) => {
              setBase(next);
              if (next) setKind(next.kind);
            }}
          />
          <Field label={t.namespaces.kind}>
            {() => (
              <Radio.Group
                aria-label={t.namespaces.kind}
                value={kind}
                onChange={(event) => setKind(event.target.value as NamespaceKind)}
              >
                <Stack gap={8}>
                  {namespaceKinds.map((each) => (
                    <Radio key={each} value={each} disabled={base !== undefined && base.kind !== each}>
                      <strong>{t.namespaces.kinds[each]}</strong>{' '}
                      <span className="quiet">{t.namespaces.kindHints[each]}</span>
                    </Radio>
                  ))}
                </Stack>
              </Radio.Group>
            )}
          </Field>
          {kind === 'document' && (
            <Field label={t.namespaces.format}>
              {({ id }) => (
                <Select
                  id={id}
                  value={format}
                  onChange={setFormat}
                  options={documentFormats.map((each) => ({ value: each, label: each }))}
                />
              )}
            </Field>
          )}
          <Field label={t.namespaces.description}>
            {(ids) => (
              <Input.TextArea
                {...ids}
                autoSize={{ minRows: 2, maxRows: 6 }}
                maxLength={2000}
                value={description}
                onChange={(event) => setDescription(event.target.value)}
              />
            )}
          </Field>
          <AsCommand
            line={[
              ...['sluice', 'namespace', 'create', app, name || '…', '--kind', kind],
              ...(kind === 'document' ? ['--format', format] : []),
              ...(base ? ['--link', `${base.app}/${base.namespace}`] : []),
              ...(description === '' ? [] : ['--description', description]),
              ...['--env', env],
            ]}
          />
          <Row end>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="primary" htmlType="submit" loading={create.isPending}>
              {t.namespaces.create}
            </Button>
          </Row>
        </Stack>
      </form>
    </SidePanel>
  );
}
