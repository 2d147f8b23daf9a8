import { Input, Segmented } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { SelectorField } from '../../parts/selector-field.tsx';
import { Field } from '../../ui/field.tsx';
import { Stack } from '../../ui/stack.tsx';
import type { ChoiceProps } from './choice-props.ts';
import { grayKinds, percentsOf, targetOf } from './choices.ts';
import { InstancePicker } from './instance-picker.tsx';

/** How the members of a gray are found: a growing share, a number, their labels, or by name. */
export function GrayFields({ choices, choose, instances }: ChoiceProps) {
  const t = useDeliveryText();
  const { fault } = targetOf(choices, useLanguage());
  const online = instances.filter((each) => each.online).length;
  const wrong = (what: 'steps' | 'count'): string | undefined =>
    fault && 'wrong' in fault && fault.wrong === what ? (fault.words ?? t.wizard.countRule) : undefined;
  const share = choices.by === 'percent' || choices.by === 'count';
  return (
    <Stack gap={14}>
      <div>
        <Segmented
          aria-label={t.wizard.by}
          value={choices.by}
          onChange={(by) => choose({ by })}
          options={grayKinds.map((each) => ({ value: each, label: t.wizard.kinds[each] }))}
        />
      </div>
      {choices.by === 'percent' && (
        <Field
          label={t.wizard.percents}
          error={wrong('steps')}
          hint={t.wizard.percentsHint(
            percentsOf(choices.steps).map((percent) => Math.max(1, Math.ceil((percent * online) / 100))),
            online,
          )}
        >
          {(ids) => (
            <Input
              {...ids}
              style={{ maxWidth: 240 }}
              suffix="%"
              autoComplete="off"
              value={choices.steps}
              onChange={(event) => choose({ steps: event.target.value })}
            />
          )}
        </Field>
      )}
      {choices.by === 'count' && (
        <Field label={t.wizard.count} error={wrong('count')} hint={t.wizard.countHint(online)}>
          {(ids) => (
            <Input
              {...ids}
              style={{ maxWidth: 140 }}
              inputMode="numeric"
              autoComplete="off"
              value={choices.count}
              onChange={(event) => choose({ count: event.target.value })}
            />
          )}
        </Field>
      )}
      {share && (
        <SelectorField
          label={t.wizard.among}
          optional
          value={choices.select}
          onChange={(select) => choose({ select })}
          instances={instances}
        />
      )}
      {choices.by === 'labels' && (
        <SelectorField
          label={t.wizard.labels}
          value={choices.select}
          onChange={(select) => choose({ select })}
          instances={instances}
        />
      )}
      {choices.by === 'instances' && (
        <InstancePicker
          instances={instances}
          picked={choices.ids}
          pick={(ids) => choose({ ids })}
          label={t.wizard.chooseSome}
        />
      )}
    </Stack>
  );
}
