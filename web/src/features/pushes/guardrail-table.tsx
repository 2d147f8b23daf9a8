import { guardrailMeasures } from '@sluice/core';
import type { GuardrailReading } from '@sluice/protocol';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { type GuardrailScope, scopesOf } from './guardrail-scopes.ts';

interface Props {
  readonly readings: readonly GuardrailReading[];
  readonly minCalls: number;
}

/** One row a resource, one column a measure: the members against the rest, and from where on that is too much. */
export function GuardrailTable({ readings, minCalls }: Props) {
  const t = useDeliveryText();
  const columns: Column<GuardrailScope>[] = [
    {
      key: 'scope',
      title: t.guardrail.columns.scope,
      cell: ({ scope }) =>
        scope === '' ? <strong>{t.guardrail.whole}</strong> : <span className="mono">{scope}</span>,
    },
    ...guardrailMeasures
      .filter((measure) => readings.some((each) => each.measure === measure))
      .map(
        (measure): Column<GuardrailScope> => ({
          key: measure,
          title: t.guardrail.measure[measure],
          align: 'right',
          cell: ({ of }) => of[measure] && <Reading reading={of[measure]} minCalls={minCalls} />,
        }),
      ),
  ];
  return (
    <>
      <p className="quiet">{t.guardrail.tableHint}</p>
      <DataTable
        label={t.guardrail.table}
        columns={columns}
        rows={scopesOf(readings)}
        rowKey={({ scope }) => scope}
        tone={({ over }) => (over > 0 ? 'bad' : undefined)}
        empty={<p className="quiet">{t.guardrail.noWindow}</p>}
      />
    </>
  );
}

const ofCalls: ReadonlySet<GuardrailReading['measure']> = new Set(['errorRatio', 'p99', 'blockShare']);

function Reading({ reading, minCalls }: { readonly reading: GuardrailReading; readonly minCalls: number }) {
  const t = useDeliveryText();
  const { measure, cohort, rest, limit, windows, basis } = reading;
  if (cohort === undefined)
    return (
      <span className="quiet">
        {ofCalls.has(measure) ? t.guardrail.few(Math.min(basis.cohort, basis.rest), minCalls) : '–'}
      </span>
    );
  return (
    <>
      {windows > 0 && <Badge tone="bad">{t.guardrail.overIn(windows)}</Badge>}{' '}
      <strong>{valueText(measure, cohort)}</strong> {t.guardrail.versus(valueText(measure, rest))}
      <div className="quiet">{t.guardrail.upTo(valueText(measure, limit))}</div>
    </>
  );
}

function valueText(measure: GuardrailReading['measure'], value: number | undefined): string {
  if (value === undefined) return '–';
  if (measure === 'p99') return `${Math.round(value * 10) / 10} ms`;
  if (measure === 'breakerOpenings') return String(Math.round(value * 100) / 100);
  return `${Math.round(value * 1000) / 10} %`;
}
