import { breakerReasonText, breakerWords, type Language } from '@sluice/core';
import type { DrillMeasure, DrillReport } from '@sluice/protocol';
import { checkText, valueText } from './check-text.ts';
import { endTexts } from './drill-records.ts';
import { markdownWords, type Words } from './markdown-words.ts';

/** The report as a text for people: to be kept with an incident, or read in a pull request. */
export function markdownOf(report: DrillReport, language: Language): string {
  const w = markdownWords[language];
  const { drill, definition } = report;
  const because = report.because?.[language];
  const sections = [
    `# ${oneLine(drill.title)}`,
    `**${w.verdict}: ${report.verdict ? w.verdicts[report.verdict] : w.stillRunning}**${because ? ` ${oneLine(because)}` : ''}`,
    `${w.hypothesis}: ${oneLine(definition.hypothesis)}`,
    list([
      `${w.started}: ${drill.startedAt ?? ''}, ${oneLine(drill.startedBy ?? '')}`,
      `${w.lasted}: ${seconds(report.activeMs)}`,
      `${w.targets}: ${drill.targets}, ${report.allClean ? w.allClean : w.notClean}`,
      ...(report.timeToCleanMs === undefined ? [] : [`${w.timeToClean}: ${seconds(report.timeToCleanMs)}`]),
      ...(report.timeToOpenMs === undefined ? [] : [`${w.timeToOpen}: ${seconds(report.timeToOpenMs)}`]),
      ...(report.timeToCloseMs === undefined ? [] : [`${w.timeToClose}: ${seconds(report.timeToCloseMs)}`]),
      ...(report.timeToRecoverMs === undefined
        ? []
        : [`${w.timeToRecover}: ${seconds(report.timeToRecoverMs)}`]),
      ...(report.fallbackShare === undefined ? [] : [`${w.fallbacks}: ${percent(report.fallbackShare)}`]),
    ]),
    `## ${w.checks}`,
    table(
      w.checkHeads,
      report.measures.map((measure) => checkRow(measure, w, language)),
    ),
    `## ${w.faults}`,
    table(
      w.faultHeads,
      report.faults.map((fault) => [
        fault.fault,
        fault.kind,
        percent(fault.share),
        String(fault.eligible),
        String(fault.injected),
        `${Math.round(fault.expected)} (${fault.low}–${fault.high})`,
        String(fault.overBudget),
        String(fault.notInjectable),
        fault.asExpected ? w.yes : w.no,
      ]),
    ),
    `## ${w.callers}`,
    table(
      w.callerHeads,
      [report.callers].map((c) => [c.ok, c.error, c.degraded, c.blocked, c.abandoned].map(String)),
    ),
    `## ${w.phases}`,
    table(
      w.phaseHeads,
      report.phases.map((phase) => phaseRow(phase, w)),
    ),
    ...(report.breakers.length === 0
      ? []
      : [
          `## ${w.breakers}`,
          table(
            w.breakerHeads,
            report.breakers.map((turn) => [
              seconds(turn.afterMs),
              turn.instanceId,
              turn.rule,
              turn.resource,
              `${breakerWords[turn.from][language]} → ${breakerWords[turn.to][language]}`,
              breakerReasonText(turn.reason)[language],
            ]),
          ),
        ]),
    `## ${w.proof}`,
    table(
      w.proofHeads,
      report.instances.map((one) => [
        one.instanceId,
        one.cleanBy ? w.cleanBy[one.cleanBy] : w.notClean,
        one.endedBecause ? endTexts[one.endedBecause][language] : '',
        one.cleanAfterMs === undefined ? '' : seconds(one.cleanAfterMs),
        String(one.injected),
      ]),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function checkRow(
  { of, phase, check, held, value, worst, trueAfterMs }: DrillMeasure,
  w: Words,
  language: Language,
): string[] {
  const shown = phase === 'during' ? (worst ?? value) : value;
  return [
    `${w.kinds[of]}, ${w.phase[phase]}`,
    checkText(check)[language],
    held === undefined ? w.unknown : held ? w.yes : w.no,
    // What had to come true at some time is told by when it did, not by how it began.
    trueAfterMs !== undefined
      ? seconds(trueAfterMs)
      : shown === undefined
        ? ''
        : valueText(check.metric, shown),
  ];
}

function phaseRow(phase: DrillReport['phases'][number], w: Words): string[] {
  const share = (value: number | undefined): string => (value === undefined ? '' : percent(value));
  const ms = (value: number | undefined): string =>
    value === undefined ? '' : `${Number(value.toFixed(1))} ms`;
  return [
    `${phase.app}: ${phase.resource} (${phase.type})`,
    w.phase[phase.phase],
    String(phase.calls),
    phase.throughput === undefined ? '' : `${Number(phase.throughput.toFixed(1))}/s`,
    share(phase.errorRatio),
    share(phase.blockShare),
    share(phase.degradedShare),
    ms(phase.p50Ms),
    ms(phase.p99Ms),
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
const cell = (text: string): string => oneLine(text).replace(/[\\|]/g, '\\$&');
const list = (entries: readonly string[]): string => entries.map((entry) => `- ${entry}`).join('\n');

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
