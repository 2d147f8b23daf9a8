import type { DrillDefinition } from '@sluice/protocol';
import { Input } from 'antd';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { Field } from '../../ui/field.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

interface Props {
  readonly definition: Partial<DrillDefinition>;
  readonly onChange: (next: Partial<DrillDefinition>) => void;
}

const percentOf = (share: unknown): number | null =>
  typeof share === 'number' ? Math.round(share * 100_000) / 1000 : null;

/** What is changed most of a design. Everything else is in its text, which this writes into. */
export function DesignForm({ definition, onChange }: Props) {
  const t = useDrillsText();
  const { title, hypothesis, deadlineMs, faults = {}, targets, budget } = definition;
  const change = (more: Partial<DrillDefinition>): void => onChange({ ...definition, ...more });
  return (
    <Stack gap={14}>
      <Field label={t.drills.name}>
        {(ids) => (
          <Input
            {...ids}
            maxLength={200}
            value={title ?? ''}
            onChange={(event) => change({ title: event.target.value })}
          />
        )}
      </Field>
      <Field label={t.drills.hypothesis}>
        {(ids) => (
          <Input.TextArea
            {...ids}
            autoSize
            maxLength={2000}
            value={hypothesis ?? ''}
            onChange={(event) => change({ hypothesis: event.target.value })}
          />
        )}
      </Field>
      <Row>
        <Field label={t.drills.deadline}>
          {({ id }) => (
            <NumberInput
              id={id}
              min={1}
              max={86_400}
              suffix={t.drills.seconds}
              value={typeof deadlineMs === 'number' ? Math.round(deadlineMs / 1000) : null}
              onChange={(next) => next !== null && change({ deadlineMs: next * 1000 })}
            />
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
                onChange={(next) => next !== null && change({ targets: { ...targets, percent: next } })}
              />
            )}
          </Field>
        )}
        {Object.entries(faults).map(([name, fault]) => (
          <Field key={name} label={t.drills.shareOf(name)}>
            {({ id }) => (
              <NumberInput
                id={id}
                min={0.001}
                max={100}
                suffix="%"
                value={percentOf(fault.share)}
                onChange={(next) =>
                  next !== null && change({ faults: { ...faults, [name]: { ...fault, share: next / 100 } } })
                }
              />
            )}
          </Field>
        ))}
        <Field label={t.drills.budget}>
          {({ id }) => (
            <NumberInput
              id={id}
              min={0}
              max={100}
              suffix="%"
              value={percentOf(budget?.share ?? 1)}
              onChange={(next) => next !== null && change({ budget: { ...budget, share: next / 100 } })}
            />
          )}
        </Field>
      </Row>
    </Stack>
  );
}
