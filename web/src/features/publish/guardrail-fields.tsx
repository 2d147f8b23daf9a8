import { type GuardrailMeasure, guardrailMeasures, guardrailOf } from '@sluice/core';
import { Checkbox, Input, Radio, Select } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { Field } from '../../ui/field.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import type { ChoiceProps } from './choice-props.ts';
import type { Rails } from './choices.ts';
import styles from './publish.module.css';

type Props = Pick<ChoiceProps, 'choices' | 'choose'>;

/** Whether and how the members of a gray are compared with the rest of the fleet. */
export function GuardrailFields({ choices, choose }: Props) {
  const t = useDeliveryText();
  const isOff = choices.railsOff !== undefined;
  return (
    <fieldset className={styles.rails}>
      <legend>
        <strong>{t.guardrail.title}</strong> <span className="quiet">{t.guardrail.intro}</span>
      </legend>
      <Stack gap={12}>
        <Radio.Group
          aria-label={t.guardrail.title}
          value={isOff}
          onChange={(event) => choose({ railsOff: event.target.value ? '' : undefined })}
        >
          <Stack gap={6}>
            <Radio value={false}>{t.guardrail.on}</Radio>
            <Radio value>{t.guardrail.off}</Radio>
          </Stack>
        </Radio.Group>
        {isOff ? (
          <Field label={t.guardrail.offWhy} hint={t.guardrail.offHint}>
            {(ids) => (
              <Input
                {...ids}
                maxLength={500}
                value={choices.railsOff}
                onChange={(event) => choose({ railsOff: event.target.value })}
              />
            )}
          </Field>
        ) : (
          <Rule choices={choices} choose={choose} />
        )}
      </Stack>
    </fieldset>
  );
}

function Rule({ choices, choose }: Props) {
  const t = useDeliveryText();
  const rule = guardrailOf(choices.rails, choices.by);
  if (!rule) return null;
  const set = (change: Rails): void => choose({ rails: { ...choices.rails, ...change } });
  return (
    <Stack gap={12}>
      <Field label={t.guardrail.onBreach}>
        {() => (
          <Radio.Group
            aria-label={t.guardrail.onBreach}
            value={rule.onBreach}
            onChange={(event) => set({ onBreach: event.target.value as 'abandon' | 'halt' })}
          >
            <Stack gap={6}>
              <Radio value="abandon">{t.guardrail.abandon}</Radio>
              <Radio value="halt">{t.guardrail.halt}</Radio>
            </Stack>
          </Radio.Group>
        )}
      </Field>
      <div className={styles.beside}>
        <Field label={t.guardrail.minCalls} hint={t.guardrail.minCallsHint}>
          {(ids) => (
            <NumberInput
              {...ids}
              min={10}
              max={1_000_000}
              precision={0}
              value={rule.minCalls}
              onChange={(minCalls) => set({ minCalls: minCalls ?? undefined })}
            />
          )}
        </Field>
        <Field label={t.guardrail.windows}>
          {(ids) => (
            <NumberInput
              {...ids}
              min={1}
              max={12}
              precision={0}
              value={rule.windows}
              onChange={(windows) => set({ windows: windows ?? undefined })}
            />
          )}
        </Field>
      </div>
      <Field label={t.guardrail.measures} hint={t.guardrail.measuresHint}>
        {() => (
          <Stack gap={6}>
            {guardrailMeasures.map((measure) => (
              <Measure key={measure} measure={measure} choices={choices} set={set} />
            ))}
          </Stack>
        )}
      </Field>
      <Field label={t.guardrail.resources} hint={t.guardrail.resourcesHint}>
        {(ids) => (
          <Select
            {...ids}
            mode="tags"
            open={false}
            suffixIcon={null}
            maxCount={50}
            style={{ width: '100%', maxWidth: 480 }}
            value={[...(rule.resources ?? [])]}
            onChange={(names: string[]) => set({ resources: names.length > 0 ? names : undefined })}
          />
        )}
      </Field>
    </Stack>
  );
}

const isShare: ReadonlySet<GuardrailMeasure> = new Set(['errorRatio', 'blockShare', 'applyFailures']);

/** One measure: whether it counts, and its margin. Shares are typed in percent. */
function Measure({
  measure,
  choices,
  set,
}: {
  readonly measure: GuardrailMeasure;
  readonly choices: Props['choices'];
  readonly set: (change: Rails) => void;
}) {
  const t = useDeliveryText();
  const rule = guardrailOf(choices.rails, choices.by)!;
  const name = t.guardrail.measure[measure];
  const isChosen = rule.measures.includes(measure);
  const { ratio, floor } = rule.margins[measure];
  const scale = isShare.has(measure) ? 100 : 1;
  const margin = (change: { ratio?: number; floor?: number }): void =>
    set({ margins: { ...choices.rails.margins, [measure]: { ratio, floor, ...change } } });
  const toggled = guardrailMeasures.filter((each) => rule.measures.includes(each) !== (each === measure));
  return (
    <Row>
      <Checkbox
        checked={isChosen}
        disabled={isChosen && rule.measures.length === 1}
        onChange={() => set({ measures: toggled.length === guardrailMeasures.length ? undefined : toggled })}
        style={{ minWidth: 150 }}
      >
        {name}
      </Checkbox>
      <NumberInput
        aria-label={t.guardrail.ratio(name)}
        disabled={!isChosen}
        min={1}
        max={1000}
        step={0.5}
        prefix="×"
        style={{ width: 90 }}
        value={ratio}
        onChange={(value) => margin({ ratio: value ?? 1 })}
      />
      <NumberInput
        aria-label={t.guardrail.floor(name)}
        disabled={!isChosen}
        min={0}
        max={isShare.has(measure) ? 100 : 600_000}
        prefix="+"
        suffix={isShare.has(measure) ? '%' : measure === 'p99' ? 'ms' : undefined}
        style={{ width: 120 }}
        value={Math.round(floor * scale * 100) / 100}
        onChange={(value) => margin({ floor: (value ?? 0) / scale })}
      />
    </Row>
  );
}
