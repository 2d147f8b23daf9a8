import type { Guarding } from '../guard/guarding.ts';
import type { CallTotals } from './call-totals.ts';
import {
  type Attributes,
  durationHelp,
  durationName,
  type Family,
  families,
  placeAttributes,
} from './families.ts';

type TellSample = (labels: Attributes, value: number, suffix: string) => void;

export interface PrometheusFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Whether values of several processes are added up. */
  readonly isSummable: boolean;
  tell(tell: TellSample): void;
}

/** Names as Prometheus has them: `sluice_requests_total{resource="…"}`. */
export function prometheusFamilies(
  totals: CallTotals,
  boundsSec: readonly number[],
  guarding: () => Guarding,
): readonly PrometheusFamily[] {
  return [
    ...families.map((family) => ({
      name: nameOf(family),
      help: family.help,
      type: family.kind === 'counter' ? ('counter' as const) : ('gauge' as const),
      isSummable: family.kind !== 'gauge',
      tell: (tell: TellSample) =>
        family.tell(totals, guarding(), (attributes, value) => tell(labelsOf(attributes), value, '')),
    })),
    {
      name: `${underscored(durationName)}_seconds`,
      help: durationHelp,
      type: 'histogram',
      isSummable: true,
      tell: (tell) => tellDurations(totals, boundsSec, tell),
    },
  ];
}

export function textOf(all: readonly PrometheusFamily[]): string {
  let text = '';
  for (const { name, help, type, tell } of all) {
    text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
    tell((labels, value, suffix) => {
      text += `${name}${suffix}${labelText(labels)} ${value}\n`;
    });
  }
  return text;
}

function tellDurations(totals: CallTotals, boundsSec: readonly number[], tell: TellSample): void {
  for (const { resource, type, durations, timed, durationMs } of totals.resources.values()) {
    const labels = labelsOf(placeAttributes(resource, type));
    let below = 0;
    for (const [i, bound] of boundsSec.entries()) {
      below += durations[i]!;
      tell({ ...labels, le: String(bound) }, below, '_bucket');
    }
    tell({ ...labels, le: '+Inf' }, timed, '_bucket');
    tell(labels, durationMs / 1000, '_sum');
    tell(labels, timed, '_count');
  }
}

const underscored = (name: string): string => name.replaceAll('.', '_');

const nameOf = ({ name, kind }: Family): string =>
  `${underscored(name)}${kind === 'counter' ? '_total' : ''}`;

const labelsOf = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [underscored(key.replace(/^sluice\./, '')), value]),
  );

function labelText(labels: Attributes): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
