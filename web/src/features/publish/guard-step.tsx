import { Checkbox, Radio } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import type { ChoiceProps } from './choice-props.ts';
import { GuardrailFields } from './guardrail-fields.tsx';

const minuteMs = 60_000;

/** What must hold before it goes on, and whether everybody checks it before anybody applies it. */
export function GuardStep({ choices, choose }: ChoiceProps) {
  const t = useDeliveryText();
  const isGray = choices.mode === 'gray';
  return (
    <Section title={t.wizard.steps.guard}>
      <Stack gap={16}>
        {isGray ? (
          <>
            <Notice tone="idle">{t.wizard.always}</Notice>
            <Field label={t.wizard.bake} hint={t.wizard.bakeHint}>
              {(ids) => (
                <NumberInput
                  {...ids}
                  min={0}
                  max={10_080}
                  style={{ width: 140 }}
                  value={choices.bakeMs / minuteMs}
                  onChange={(minutes) => choose({ bakeMs: Math.round((minutes ?? 0) * minuteMs) })}
                  suffix={t.timeBox.minutesUnit}
                />
              )}
            </Field>
            <Field label={t.wizard.goOn}>
              {() => (
                <Radio.Group
                  aria-label={t.wizard.goOn}
                  value={choices.click}
                  onChange={(event) => choose({ click: event.target.value as boolean })}
                >
                  <Stack gap={6}>
                    <Radio value>{t.wizard.onClick}</Radio>
                    <Radio value={false}>{t.wizard.byItself}</Radio>
                  </Stack>
                </Radio.Group>
              )}
            </Field>
            <GuardrailFields choices={choices} choose={choose} />
            {choices.railsOff === undefined && (
              <Checkbox
                checked={choices.health}
                onChange={(event) => choose({ health: event.target.checked })}
              >
                <strong>{t.wizard.health}</strong> <span className="quiet">{t.wizard.healthHint}</span>
              </Checkbox>
            )}
          </>
        ) : (
          <p className="quiet">{t.wizard.noSteps}</p>
        )}
        <Checkbox checked={choices.twoPhase} onChange={(event) => choose({ twoPhase: event.target.checked })}>
          <strong>{t.wizard.twoPhase}</strong> <span className="quiet">{t.wizard.twoPhaseHint}</span>
        </Checkbox>
      </Stack>
    </Section>
  );
}
