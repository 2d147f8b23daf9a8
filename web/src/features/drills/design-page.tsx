import { contracts, type DrillDefinition, type DrillDetail } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Action } from '../../ui/action.tsx';
import { CodeEditor } from '../../ui/code/lazy.tsx';
import { LoadingRows } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { blankDesign } from './blank-design.ts';
import styles from './design.module.css';
import { DesignForm } from './design-form.tsx';
import { isDesigned } from './drill-state.tsx';
import { useResources } from './known-resources.ts';
import { PlanPane } from './plan-pane.tsx';
import { usePlan } from './use-plan.ts';

const from = '/shell/environments/$env/apps/$app/drills/new';

/** Where a drill is designed: from a template, or from an earlier one. Nothing happens here but a design. */
export function DesignPage() {
  const t = useDrillsText();
  const { env, app } = useParams({ from });
  const { template, of, edit } = useSearch({ from });
  const params = { env, app };
  const templates = useQuery({
    ...read(contracts.listDrillTemplates, { params }),
    enabled: of === undefined,
  });
  const earlier = useQuery({
    ...read(contracts.getDrill, { params: { ...params, drill: of ?? '' } }),
    enabled: of !== undefined,
  });
  return (
    <Page
      name={t.drills.newTitle}
      title={t.drills.newTitle}
      above={
        <Link to="/environments/$env/apps/$app/drills" params={params}>
          {app} · {t.shell.drills}
        </Link>
      }
    >
      {of === undefined ? (
        <Loaded of={templates}>
          {({ items }) => {
            const first = items.find((each) => each.template === template);
            return first ? (
              <Design env={env} app={app} first={first.definition} />
            ) : (
              <Blank env={env} app={app} />
            );
          }}
        </Loaded>
      ) : (
        <Loaded of={earlier}>
          {(drill) => (
            <Design
              env={env}
              app={app}
              first={drill.definition}
              {...(edit !== undefined && isDesigned(drill.state) && { changes: drill.drillId })}
            />
          )}
        </Loaded>
      )}
    </Page>
  );
}

interface DesignProps {
  readonly env: string;
  readonly app: string;
  readonly first: DrillDefinition;
  /** The drill whose design it is, when it is changed; else it becomes a new one. */
  readonly changes?: string;
}

/** A design of nothing, about what the app has; its resources are waited for. */
function Blank({ env, app }: Pick<DesignProps, 'env' | 'app'>) {
  const t = useDrillsText();
  const resources = useResources(env, app);
  if (!resources) return <LoadingRows label={t.common.loading} />;
  const words = { title: t.drills.blankTitle, hypothesis: t.drills.blankHypothesis };
  return <Design env={env} app={app} first={blankDesign(resources, words)} />;
}

const textOf = (definition: unknown): string => `${JSON.stringify(definition, null, 2)}\n`;

/** The text is the truth; the form reads it and writes into it. The server says at each step what it would be. */
function Design({ env, app, first, changes }: DesignProps) {
  const t = useDrillsText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [text, setText] = useState(() => textOf(first));
  const params = { env, app };
  const may = useMay('drill:run', { environment: env, app });
  const settled = useDeferredValue(text);
  const parsed = parse(text);
  const plan = usePlan(env, app, parse(settled) as DrillDefinition | undefined);
  const store = useMutation<DrillDetail, Problem>({
    mutationFn: () =>
      changes === undefined
        ? call(contracts.createDrill, { params, body: { definition: parsed as DrillDefinition } })
        : call(contracts.changeDrill, {
            params: { ...params, drill: changes },
            body: { definition: parsed as DrillDefinition },
          }),
    onSuccess: async (drill) => {
      await client.invalidateQueries({ queryKey: [contracts.getDrill.id] });
      await navigate({
        to: '/environments/$env/apps/$app/drills/$drill',
        params: { ...params, drill: drill.drillId },
      });
    },
  });
  return (
    <Stack gap={14}>
      <div className={styles.columns}>
        {parsed === undefined ? (
          <Notice tone="warn">{t.drills.notJson}</Notice>
        ) : (
          <DesignForm
            env={env}
            app={app}
            definition={parsed as DrillDefinition}
            onChange={(next) => setText(textOf(next))}
          />
        )}
        <div className={styles.plan}>
          <Section title={t.drills.plan}>
            {plan.isError ? (
              <ProblemBox error={plan.error} />
            ) : (
              <Loaded of={plan}>{(answer) => <PlanPane plan={answer} />}</Loaded>
            )}
          </Section>
        </div>
      </div>
      <details>
        <summary>{t.drills.file}</summary>
        <Stack gap={8}>
          <p className="quiet">{t.drills.fileHint}</p>
          <CodeEditor value={text} language="json" label={t.drills.file} onChange={setText} minHeight={260} />
        </Stack>
      </details>
      <AsCommand
        line={['sluice', 'drill', 'plan', app, 'drill.json', '--env', env]}
        title={t.drills.planAsCommand}
      />
      <AsCommand
        line={['sluice', 'drill', 'run', app, 'drill.json', '--env', env]}
        title={t.drills.runAsCommand}
      />
      {store.isError && <ProblemBox error={store.error} />}
      <Row end>
        <Action
          type="primary"
          blocked={may.reason ?? (parsed === undefined ? t.drills.notJson : undefined)}
          loading={store.isPending}
          onClick={() => store.mutate()}
        >
          {t.drills.store}
        </Action>
      </Row>
    </Stack>
  );
}

/** Undefined: no JSON object. What is wrong inside of it is the server's to say. */
function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
