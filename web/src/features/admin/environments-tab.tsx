import { isName } from '@sluice/core';
import { contracts, type Environment } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf, read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Action } from '../../ui/action.tsx';
import { Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Field } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

export function EnvironmentsTab() {
  const t = useAdminText();
  const client = useQueryClient();
  const may = useMay('environment:manage');
  const environments = useQuery(read(contracts.listEnvironments));
  const refresh = () => client.invalidateQueries({ queryKey: keyOf(contracts.listEnvironments) });
  const protect = useMutation<Environment, Problem, Environment>({
    mutationFn: (env) =>
      call(contracts.changeEnvironment, { params: { env: env.name }, body: { protected: !env.protected } }),
    onSuccess: refresh,
  });
  const approve = useMutation<Environment, Problem, { env: string; approvals: number }>({
    mutationFn: ({ env, approvals }) =>
      call(contracts.changeEnvironment, { params: { env }, body: { approvals } }),
    onSuccess: refresh,
  });
  const columns: Column<Environment>[] = [
    { key: 'name', title: t.shell.environment, cell: (row) => <strong>{row.name}</strong> },
    {
      key: 'protected',
      title: t.environments.protection,
      cell: (row) =>
        row.protected ? (
          <Badge tone="bad" sign="▣">
            {t.environments.protected}
          </Badge>
        ) : (
          <span className="quiet">{t.environments.open}</span>
        ),
    },
    {
      key: 'approvals',
      title: t.environments.approvals,
      cell: (row) => (
        <Select
          size="small"
          aria-label={t.environments.approvalsOf(row.name)}
          disabled={may.reason !== undefined}
          title={may.reason}
          loading={approve.isPending && approve.variables.env === row.name}
          value={row.approvals}
          options={[0, 1, 2, 3, 4, 5].map((value) => ({
            value,
            label: value === 0 ? t.environments.noApproval : String(value),
          }))}
          onChange={(approvals) => approve.mutate({ env: row.name, approvals })}
          style={{ width: 96 }}
        />
      ),
    },
    { key: 'revision', title: t.changes.revision, align: 'right', cell: (row) => row.revision },
    { key: 'created', title: t.admin.created, minor: true, cell: (row) => <Moment at={row.createdAt} /> },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => (
        <Action
          size="small"
          blocked={may.reason}
          loading={protect.isPending && protect.variables.name === row.name}
          onClick={() => protect.mutate(row)}
        >
          {row.protected ? t.environments.lift(row.name) : t.environments.protect(row.name)}
        </Action>
      ),
    },
  ];
  return (
    <Stack gap={14}>
      <Section flush title={t.shell.adminPages.environments}>
        {protect.isError && <ProblemBox error={protect.error} />}
        {approve.isError && <ProblemBox error={approve.error} />}
        <Loaded of={environments}>
          {({ items }) => (
            <DataTable
              label={t.shell.adminPages.environments}
              columns={columns}
              rows={items}
              rowKey={(row) => row.name}
              empty={<Empty title={t.shell.noEnvironment} />}
            />
          )}
        </Loaded>
      </Section>
      <Section title={t.environments.create}>
        <CreateEnvironment blocked={may.reason} onCreated={refresh} />
      </Section>
    </Stack>
  );
}

function CreateEnvironment({
  blocked,
  onCreated,
}: {
  blocked: string | undefined;
  onCreated: () => Promise<void>;
}) {
  const t = useAdminText();
  const [name, setName] = useState('');
  const [isProtected, setProtected] = useState(false);
  const [tried, setTried] = useState(false);
  const create = useMutation<Environment, Problem>({
    mutationFn: () => call(contracts.createEnvironment, { body: { name, protected: isProtected } }),
    onSuccess: () => {
      setName('');
      setTried(false);
      return onCreated();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (isName(name) && blocked === undefined) create.mutate();
      }}
    >
      <Stack>
        {create.isError && <ProblemBox error={create.error} />}
        <Row gap={16}>
          <Field label={t.environments.name} error={tried && !isName(name) ? t.common.nameRule : undefined}>
            {(ids) => (
              <Input
                {...ids}
                spellCheck={false}
                autoComplete="off"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label={t.environments.protected}>
            {({ id }) => (
              <Switch id={id} checked={isProtected} onChange={setProtected} style={{ width: 44 }} />
            )}
          </Field>
          <Action htmlType="submit" type="primary" blocked={blocked} loading={create.isPending}>
            {t.environments.create}
          </Action>
        </Row>
        <p className="quiet">{t.environments.hint}</p>
        <AsCommand line={['sluice', 'env', 'create', name || '…', ...(isProtected ? ['--protected'] : [])]} />
      </Stack>
    </form>
  );
}
