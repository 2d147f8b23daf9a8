import { contracts, type Drill, type DrillReport } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { count } from '../../lib/format.ts';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import type { RuleDraft } from '../../parts/rules/rule-value.ts';
import { Badge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { valueWords } from './check-words.ts';
import { Comparison } from './comparison.tsx';
import { faultWords } from './fault-draft.ts';
import { letGoWords } from './let-go-words.ts';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly drill: Drill;
}

/** What it came to: faults against what was to be expected, what callers saw, before, during and after. */
export function ReportSection({ env, app, drill }: Props) {
  const t = useDrillsText();
  const language = useLanguage();
  const params = { env, app, drill: drill.drillId };
  const report = useQuery(read(contracts.getDrillReport, { params }));
  const markdown = useQuery(read(contracts.getDrillMarkdown, { params, query: { language } }));
  return (
    <>
      <Section
        flush
        title={t.drills.report}
        aside={markdown.data && <CopyButton text={markdown.data.markdown} label={t.drills.copyMarkdown} />}
      >
        <Loaded of={report}>{(found) => <Figures report={found} />}</Loaded>
      </Section>
      <Comparison env={env} app={app} drill={drill} />
    </>
  );
}

const seconds = (ms: number | undefined): string => (ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`);

type FaultRow = DrillReport['faults'][number];
type PhaseRow = DrillReport['phases'][number];

function Figures({ report }: { readonly report: DrillReport }) {
  const t = useDrillsText();
  const g = useGuardText();
  const { callers, definition } = report;
  const faults: Column<FaultRow>[] = [
    {
      key: 'fault',
      title: t.drills.fault,
      cell: (row) => (
        <>
          <code>{row.fault}</code> {faultWords(definition.faults[row.fault] as unknown as RuleDraft, g)}
        </>
      ),
    },
    { key: 'eligible', title: t.drills.eligible, align: 'right', cell: (row) => count(row.eligible) },
    {
      key: 'injected',
      title: t.drills.injected,
      align: 'right',
      cell: (row) => (
        <>
          {count(row.injected)} <span className="quiet">{letGoWords(row, t)}</span>
        </>
      ),
    },
    {
      key: 'expected',
      title: t.drills.expected,
      align: 'right',
      cell: (row) => `${count(Math.round(row.expected))} (${count(row.low)} – ${count(row.high)})`,
    },
    {
      key: 'as',
      title: t.drills.verdict,
      cell: (row) => (
        <Badge tone={row.asExpected ? 'ok' : 'warn'}>
          {row.asExpected ? t.drills.asExpected : t.drills.notAsExpected}
        </Badge>
      ),
    },
  ];
  const phases: Column<PhaseRow>[] = [
    {
      key: 'resource',
      title: t.drills.resource,
      cell: (row) => (
        <>
          {row.resource} <span className="quiet">· {t.drills.phases[row.phase]}</span>
        </>
      ),
    },
    { key: 'calls', title: t.drills.calls, align: 'right', cell: (row) => count(row.calls) },
    ...(['errorRatio', 'degradedShare', 'p50Ms', 'p99Ms'] as const).map(
      (metric): Column<PhaseRow> => ({
        key: metric,
        title: t.drills.metrics[metric],
        align: 'right',
        cell: (row) => {
          const value = row[metric];
          return value === undefined ? <span className="quiet">–</span> : valueWords(metric, value);
        },
      }),
    ),
  ];
  return (
    <>
      <div style={{ padding: 14 }}>
        <Facts
          facts={[
            [
              t.drills.callers,
              (['ok', 'error', 'degraded', 'blocked', 'abandoned'] as const)
                .map((kind) => `${t.drills.callerKinds[kind]} ${count(callers[kind])}`)
                .join(' · '),
            ],
            [
              t.drills.fallbackShare,
              report.fallbackShare === undefined ? '–' : `${Math.round(report.fallbackShare * 1000) / 10} %`,
            ],
            [t.drills.timeToOpen, seconds(report.timeToOpenMs)],
            [t.drills.timeToClose, seconds(report.timeToCloseMs)],
            [t.drills.timeToRecover, seconds(report.timeToRecoverMs)],
            [t.drills.timeToClean, seconds(report.timeToCleanMs)],
            [
              t.drills.proof,
              <Badge key="clean" tone={report.allClean ? 'ok' : 'warn'}>
                {report.allClean ? t.drills.allClean : t.drills.notAllClean}
              </Badge>,
            ],
          ]}
        />
      </div>
      <DataTable
        label={t.drills.faults}
        columns={faults}
        rows={report.faults}
        rowKey={(row) => row.fault}
        empty={null}
      />
      <DataTable
        label={t.drills.resourcePhases}
        columns={phases}
        rows={report.phases}
        rowKey={(row) => `${row.app} ${row.type} ${row.resource} ${row.phase}`}
        empty={null}
      />
    </>
  );
}
