import type { DrillMeasure, DrillReport } from '@sluice/protocol';
import { checkText, figure } from './drill-text.ts';

/** A report as JUnit XML, as build servers read it: the verdict, each check, and each instance's proof are cases. */
export function junitOf(report: DrillReport): string {
  const { drill, verdict, because } = report;
  const cases = [
    testCase('verdict', drill.title, verdict === 'held' ? undefined : (because?.en ?? verdict ?? 'not over')),
    ...report.measures.map((measure) =>
      testCase(`${measure.of} ${measure.phase}`, checkText(measure), missOf(measure)),
    ),
    ...report.instances.map(({ instanceId, cleanBy }) =>
      testCase('clean', instanceId, cleanBy ? undefined : 'is not proven to be clean'),
    ),
  ];
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const seconds = (report.activeMs / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${cases.length}" failures="${failures}" time="${seconds}">`,
    `  <testsuite name="${escaped(drill.title)}" tests="${cases.length}" failures="${failures}" errors="0" time="${seconds}" timestamp="${drill.startedAt ?? ''}">`,
    ...cases.map(({ text }) => text),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function missOf({ held, phase, value, worst, check }: DrillMeasure): string | undefined {
  if (held === true) return undefined;
  const shown = phase === 'during' ? (worst ?? value) : value;
  if (held === undefined || shown === undefined) return 'nothing is known of it';
  return `it was ${figure(check.metric, shown)}`;
}

function testCase(
  of: string,
  name: string,
  failure: string | undefined,
): { text: string; failure: string | undefined } {
  const open = `    <testcase classname="sluice.drill.${escaped(of)}" name="${escaped(name)}"`;
  const text =
    failure === undefined
      ? `${open}/>`
      : `${open}>\n      <failure message="${escaped(failure)}"/>\n    </testcase>`;
  return { text, failure };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML knows no control characters but tab and line ends, not even escaped. */
function escaped(text: string): string {
  const clean = [...text.toWellFormed()].filter((c) => c >= ' ' || '\t\n\r'.includes(c)).join('');
  return clean.replace(/[&<>"]/g, (c) => escapes[c]!).replace(/[\t\n\r]+/g, ' ');
}
