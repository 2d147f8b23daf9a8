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

/** `le` is one more label, the bound of a bucket; so the others are those of all buckets. */
type TellSample = (labels: Attributes, value: number, suffix: string, le?: string) => void;

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
    let known: Attributes | undefined;
    let inside = '';
    tell((labels, value, suffix, le) => {
      if (labels !== known) {
        known = labels;
        inside = labelText(labels);
      }
      const bound = le === undefined ? '' : `,le="${le}"`;
      const braces = inside === '' ? '' : `{${inside}${bound}}`;
      text += `${name}${suffix}${braces} ${value}\n`;
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
      tell(labels, below, '_bucket', String(bound));
    }
    tell(labels, timed, '_bucket', '+Inf');
    tell(labels, durationMs / 1000, '_sum');
    tell(labels, timed, '_count');
  }
}

const underscored = (name: string): string => name.replaceAll('.', '_');

const nameOf = ({ name, kind }: Family): string =>
  `${underscored(name)}${kind === 'counter' ? '_total' : ''}`;

/** Names of labels as Prometheus has them; there are a dozen. */
const labelNames = new Map<string, string>();

function labelNameOf(attribute: string): string {
  let name = labelNames.get(attribute);
  if (name === undefined) {
    name = underscored(attribute.replace(/^sluice\./, ''));
    labelNames.set(attribute, name);
  }
  return name;
}

function labelsOf(attributes: Attributes): Attributes {
  const labels: Record<string, string> = {};
  for (const name in attributes) labels[labelNameOf(name)] = attributes[name]!;
  return labels;
}

/** Of thousands of samples at a time, while the app stands still: without a list of them on the way. */
function labelText(labels: Attributes): string {
  let text = '';
  for (const name in labels) text += `${text === '' ? '' : ','}${name}="${escaped(labels[name]!)}"`;
  return text;
}

const special = /[\\"\n]/;

const escaped = (value: string): string =>
  special.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;
