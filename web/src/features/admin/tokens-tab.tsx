import { contracts, type Token } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { useText } from '../../lib/i18n/language.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { Age, Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { CreateToken } from './create-token.tsx';
import { MaySee } from './may-see.tsx';
import { usePlaces } from './places.ts';

export function TokensTab() {
  return (
    <MaySee permission="token:manage">
      <Tokens />
    </MaySee>
  );
}

function Tokens() {
  const t = useText();
  const client = useQueryClient();
  const { environment, app } = useSearch({ from: '/shell/admin/tokens' });
  const navigate = useNavigate({ from: '/admin/tokens' });
  const places = usePlaces();
  const [creating, setCreating] = useState(false);
  /** The token whose button was pressed once: the second press revokes. */
  const [asked, setAsked] = useState<string>();
  const tokens = useQuery(
    read(contracts.listTokens, { query: { ...(environment && { environment }), ...(app && { app }) } }),
  );
  const revoke = useMutation<undefined, Problem, Token>({
    mutationFn: (token) => call(contracts.revokeToken, { params: { token: token.id } }),
    onSettled: () => setAsked(undefined),
    onSuccess: () => client.invalidateQueries({ queryKey: [contracts.listTokens.id] }),
  });
  const columns: Column<Token>[] = [
    { key: 'name', title: t.tokens.name, cell: (row) => <strong>{row.name}</strong> },
    {
      key: 'kind',
      title: t.tokens.kind,
      cell: (row) => (
        <>
          {t.tokens.kinds[row.kind]} {row.role && <span className="quiet">· {t.roles[row.role]}</span>}
        </>
      ),
    },
    {
      key: 'where',
      title: t.tokens.where,
      cell: (row) => (
        <code>
          {row.environment} / {row.app}
        </code>
      ),
    },
    { key: 'state', title: t.push.stateTitle, cell: (row) => <TokenState token={row} /> },
    {
      key: 'used',
      title: t.tokens.lastUsed,
      cell: (row) =>
        row.lastUsedAt ? <Age at={row.lastUsedAt} /> : <span className="quiet">{t.admin.never}</span>,
    },
    {
      key: 'created',
      title: t.admin.created,
      minor: true,
      cell: (row) => (
        <>
          <Moment at={row.createdAt} /> <span className="quiet">{t.namespaces.by(row.createdBy)}</span>
        </>
      ),
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) =>
        row.revokedAt === undefined && (
          <Button
            size="small"
            danger
            type={asked === row.id ? 'primary' : 'default'}
            loading={revoke.isPending && revoke.variables.id === row.id}
            onClick={() => (asked === row.id ? revoke.mutate(row) : setAsked(row.id))}
            onBlur={() => setAsked(undefined)}
          >
            {asked === row.id ? t.tokens.revokeNow(row.name) : t.tokens.revoke}
          </Button>
        ),
    },
  ];
  return (
    <Section
      flush
      title={t.admin.tokens}
      aside={
        <>
          <Select
            aria-label={t.shell.environment}
            style={{ minWidth: 160 }}
            value={environment ?? '*'}
            options={places.environments}
            onChange={(next: string) =>
              void navigate({ search: { environment: next === '*' ? undefined : next, app } })
            }
          />
          <Select
            aria-label={t.shell.app}
            style={{ minWidth: 160 }}
            value={app ?? '*'}
            options={places.apps}
            onChange={(next: string) =>
              void navigate({ search: { environment, app: next === '*' ? undefined : next } })
            }
          />
          <Button type="primary" onClick={() => setCreating(true)}>
            {t.tokens.create}
          </Button>
        </>
      }
    >
      {revoke.isError && <ProblemBox error={revoke.error} />}
      <Loaded of={tokens}>
        {({ items }) => (
          <DataTable
            label={t.admin.tokens}
            columns={columns}
            rows={items}
            rowKey={(row) => row.id}
            tone={(row) => (row.revokedAt ? 'muted' : undefined)}
            empty={<Empty title={t.tokens.none}>{t.tokens.noneHint}</Empty>}
          />
        )}
      </Loaded>
      {creating && <CreateToken onClose={() => setCreating(false)} />}
    </Section>
  );
}

function TokenState({ token }: { readonly token: Token }) {
  const t = useText().tokens;
  const now = useNow();
  if (token.revokedAt)
    return (
      <Badge tone="idle">
        {t.revoked} <Moment at={token.revokedAt} />
      </Badge>
    );
  if (token.expiresAt && new Date(token.expiresAt).getTime() < now)
    return <Badge tone="bad">{t.expired}</Badge>;
  return (
    <>
      <Badge tone="ok">{t.inForce}</Badge>{' '}
      {token.expiresAt && (
        <span className="quiet">
          {t.until} <Moment at={token.expiresAt} />
        </span>
      )}
    </>
  );
}
