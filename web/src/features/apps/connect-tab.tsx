import { contracts } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Age } from '../../ui/age.tsx';
import { CopyBlock } from '../../ui/copy.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';
import { type Runtime, runtimes, snippetOf } from './snippet.ts';

/** Three steps to an app that obeys: a token, a few lines, and the tick that comes by itself when it connects. */
export function ConnectTab() {
  const t = useDeliveryText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/connect' });
  const [runtime, setRuntime] = useState<Runtime>('node');
  const client = useQueryClient();
  const may = useMay('token:manage', { environment: env, app });
  const namespaces = useQuery(read(contracts.listNamespaces, { params: { env, app } }));
  const token = useMutation<{ secret: string }, Problem>({
    mutationFn: () =>
      call(contracts.createToken, {
        body: { kind: 'client', name: `${app} in ${env}`, environment: env, app },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: [contracts.listTokens.id] }),
  });
  const first = namespaces.data?.items.find((each) => each.kind === 'map')?.name ?? app;
  return (
    <Stack gap={14}>
      <Section title={t.connect.tokenTitle}>
        <Stack>
          <p>{t.connect.tokenText(app, env)}</p>
          {token.isError && <ProblemBox error={token.error} />}
          {token.data ? (
            <>
              <Notice tone="warn">{t.common.shownOnce}</Notice>
              <CopyBlock text={`export SLUICE_TOKEN=${token.data.secret}`} label={t.connect.tokenTitle} />
            </>
          ) : (
            <div>
              <Action
                type="primary"
                blocked={may.reason}
                loading={token.isPending}
                onClick={() => token.mutate()}
              >
                {t.connect.createToken}
              </Action>
            </div>
          )}
        </Stack>
      </Section>
      <Section
        title={t.connect.codeTitle}
        aside={
          <Segmented
            size="small"
            aria-label={t.connect.runtime}
            value={runtime}
            onChange={setRuntime}
            options={runtimes.map((each) => ({ value: each, label: t.connect.runtimes[each] }))}
          />
        }
      >
        <CopyBlock
          text={snippetOf(runtime, { server: location.origin, env, app, namespace: first })}
          label={t.connect.codeTitle}
        />
      </Section>
      <Section title={t.connect.waitTitle}>
        <Arrivals env={env} app={app} />
      </Section>
    </Stack>
  );
}

function Arrivals({ env, app }: { readonly env: string; readonly app: string }) {
  const t = useDeliveryText();
  const instances = useQuery(read(contracts.listInstances, { params: { env, app } }));
  const online = instances.data?.items.filter((each) => each.online) ?? [];
  if (instances.isError) return <ProblemBox error={instances.error} retry={() => void instances.refetch()} />;
  if (online.length === 0)
    return (
      <Stack>
        <Notice tone="busy">{t.connect.waiting}</Notice>
        <details>
          <summary>{t.connect.nothingHappens}</summary>
          <ul>
            {t.connect.checks.split('\n').map((check) => (
              <li key={check}>{check}</li>
            ))}
          </ul>
        </details>
      </Stack>
    );
  return (
    <Stack>
      <Notice tone="ok">{t.connect.arrived(online.length)}</Notice>
      <ul>
        {online.slice(0, 20).map((each) => (
          <li key={each.instanceId}>
            <Link
              to="/environments/$env/apps/$app/instances/$instance"
              params={{ env, app, instance: each.instanceId }}
              className="mono"
            >
              {each.instanceId}
            </Link>{' '}
            <span className="quiet">
              {each.sdk} · {t.connect.since} <Age at={each.startedAt} />
            </span>
          </li>
        ))}
      </ul>
    </Stack>
  );
}
