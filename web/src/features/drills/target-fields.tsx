import { contracts, type DrillDefinition } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { read } from '../../lib/transport.ts';
import { SelectorField } from '../../parts/selector-field.tsx';
import { Field } from '../../ui/field.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

type Targets = DrillDefinition['targets'];
type Budget = DrillDefinition['budget'];

interface Props {
  readonly env: string;
  readonly app: string;
  readonly targets: Targets | undefined;
  readonly budget: Budget | undefined;
  readonly onTargets: (targets: Targets) => void;
  readonly onBudget: (budget: Budget) => void;
}

const ways = ['percent', 'count', 'labels', 'instances', 'all'] as const;
const starts: Readonly<Record<Targets['by'], Targets>> = {
  percent: { by: 'percent', percent: 25 },
  count: { by: 'count', count: 1 },
  labels: { by: 'labels', selector: '' },
  instances: { by: 'instances', ids: [] },
  all: { by: 'all' },
};

/** In whom it happens, and how much of it there may be at most. */
export function TargetFields({ env, app, targets, budget, onTargets, onBudget }: Props) {
  const t = useDrillsText();
  const known = useQuery(read(contracts.listInstances, { params: { env, app } }));
  const instances = known.data?.items ?? [];
  return (
    <Stack gap={12}>
      <Row gap={12}>
        <Field label={t.drills.chosenBy}>
          {({ id }) => (
            <select
              id={id}
              className="plain-select"
              value={targets?.by ?? ''}
              onChange={(event) => onTargets(starts[event.target.value as Targets['by']])}
            >
              {ways.map((each) => (
                <option key={each} value={each}>
                  {t.drills.ways[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
        {targets?.by === 'percent' && (
          <Field label={t.drills.percentOfFleet}>
            {({ id }) => (
              <NumberInput
                id={id}
                min={0.1}
                max={100}
                suffix="%"
                value={targets.percent}
                onChange={(next) => next !== null && onTargets({ ...targets, percent: next })}
              />
            )}
          </Field>
        )}
        {targets?.by === 'count' && (
          <Field label={t.drills.howMany}>
            {({ id }) => (
              <NumberInput
                id={id}
                min={1}
                max={1000}
                precision={0}
                value={targets.count}
                onChange={(next) => next !== null && onTargets({ ...targets, count: next })}
              />
            )}
          </Field>
        )}
        <Field label={t.drills.budget}>
          {({ id }) => (
            <NumberInput
              id={id}
              min={0}
              max={100}
              suffix="%"
              value={Math.round((budget?.share ?? 1) * 100_000) / 1000}
              onChange={(next) => next !== null && onBudget({ ...budget, share: next / 100 })}
            />
          )}
        </Field>
        <Field label={t.drills.instancesAtMost}>
          {({ id }) => (
            <NumberInput
              id={id}
              min={1}
              precision={0}
              placeholder="–"
              value={budget?.instances ?? null}
              onChange={(next) =>
                onBudget({ share: budget?.share ?? 1, ...(next !== null && { instances: next }) })
              }
            />
          )}
        </Field>
      </Row>
      {targets?.by === 'instances' && (
        <Field label={t.drills.targets}>
          {({ id }) => (
            <Select
              id={id}
              mode="multiple"
              style={{ width: '100%' }}
              value={[...targets.ids]}
              options={instances
                .filter((each) => each.online)
                .map(({ instanceId }) => ({ value: instanceId, label: instanceId }))}
              onChange={(ids: string[]) => onTargets({ by: 'instances', ids })}
            />
          )}
        </Field>
      )}
      {targets?.by === 'labels' && (
        <SelectorField
          label={t.drills.ways.labels}
          value={targets.selector}
          instances={instances}
          onChange={(selector) => onTargets({ by: 'labels', selector })}
        />
      )}
      {(targets?.by === 'percent' || targets?.by === 'count') && (
        <SelectorField
          optional
          label={t.drills.among}
          value={targets.among ?? ''}
          instances={instances}
          onChange={(among) => {
            const { among: _, ...rest } = targets;
            onTargets(among.trim() === '' ? rest : { ...targets, among });
          }}
        />
      )}
    </Stack>
  );
}
