import { timeBoxLimits } from '@sluice/core';
import { Select } from 'antd';
import { useState } from 'react';
import { ageText } from '../lib/format.ts';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { Field } from '../ui/field.tsx';
import { NumberInput } from '../ui/number-input.tsx';
import { Row } from '../ui/stack.tsx';

export type TimeBoxChoice = number | 'untilCleared' | undefined;

interface Props {
  readonly value: TimeBoxChoice;
  readonly onChange: (value: TimeBoxChoice) => void;
  /** A push to one instance ends after an hour unless said otherwise; all others last. */
  readonly single: boolean;
}

const minuteMs = 60_000;
const offeredMs = [10 * minuteMs, 60 * minuteMs, 24 * 60 * minuteMs, timeBoxLimits.maxMs];

/** How long a layer lives before each instance takes it off by itself, with or without a server. */
export function TimeBoxField({ value, onChange, single }: Props) {
  const t = useDeliveryText();
  const isOwn = typeof value === 'number' && !offeredMs.includes(value);
  const [own, setOwn] = useState(isOwn);
  const picked = own ? 'own' : value === undefined ? (single ? offeredMs[1] : 'none') : value;
  return (
    <Field label={t.timeBox.label} hint={t.timeBox.hint}>
      {(ids) => (
        <Row>
          <Select<number | string>
            id={ids.id}
            style={{ minWidth: 190 }}
            value={picked}
            onChange={(next) => {
              setOwn(next === 'own');
              if (next === 'none') onChange(undefined);
              else if (next === 'untilCleared') onChange('untilCleared');
              else if (next === 'own') onChange(typeof value === 'number' ? value : 30 * minuteMs);
              else onChange(Number(next));
            }}
            options={[
              ...(single ? [] : [{ value: 'none', label: t.timeBox.none }]),
              ...offeredMs.map((ms) => ({ value: ms, label: t.timeBox.after(ageText(ms)) })),
              { value: 'own', label: t.timeBox.own },
              ...(single ? [{ value: 'untilCleared', label: t.timeBox.untilCleared }] : []),
            ]}
          />
          {own && (
            <NumberInput
              aria-label={t.timeBox.minutes}
              min={1}
              max={timeBoxLimits.maxMs / minuteMs}
              precision={0}
              value={typeof value === 'number' ? Math.round(value / minuteMs) : 30}
              onChange={(minutes) => onChange(Math.max(1, minutes ?? 1) * minuteMs)}
              suffix={t.timeBox.minutesUnit}
            />
          )}
        </Row>
      )}
    </Field>
  );
}
