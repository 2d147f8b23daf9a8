import { Radio } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { TimeBoxField } from '../../parts/time-box-field.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import type { ChoiceProps } from './choice-props.ts';
import type { Choices } from './choices.ts';
import { GrayFields } from './gray-fields.tsx';
import { GroupPicker } from './group-picker.tsx';
import { InstancePicker } from './instance-picker.tsx';

const modes = ['global', 'gray', 'group', 'single'] as const;

/** To whom: everyone, some of them in steps, a group, or one. */
export function TargetStep(props: ChoiceProps) {
  const t = useDeliveryText();
  const { choices, choose } = props;
  return (
    <Section title={t.wizard.steps.target}>
      <Stack gap={16}>
        <Radio.Group
          aria-label={t.wizard.mode}
          value={choices.mode}
          onChange={(event) => choose({ mode: event.target.value as Choices['mode'] })}
        >
          <Stack gap={6}>
            {modes.map((mode) => (
              <Radio key={mode} value={mode}>
                <strong>{t.wizard.modes[mode]}</strong>{' '}
                <span className="quiet">{t.wizard.modeHints[mode]}</span>
              </Radio>
            ))}
          </Stack>
        </Radio.Group>
        {choices.mode === 'gray' && <GrayFields {...props} />}
        {choices.mode === 'group' && <GroupPicker {...props} />}
        {choices.mode === 'single' && (
          <InstancePicker
            instances={props.instances}
            picked={choices.instance ? [choices.instance] : []}
            pick={(ids) => choose({ instance: ids.at(-1) })}
            label={t.wizard.chooseOne}
            one
          />
        )}
        {choices.mode !== 'global' && (
          <TimeBoxField
            key={choices.mode}
            single={choices.mode === 'single'}
            value={choices.expires}
            onChange={(expires) => choose({ expires })}
          />
        )}
      </Stack>
    </Section>
  );
}
