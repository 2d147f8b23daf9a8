import { useState } from 'react';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { NumberInput } from '../../../ui/number-input.tsx';

interface Props {
  readonly label: string;
  readonly 'data-field'?: string;
  readonly disabled?: boolean;
  readonly status?: 'error';
  readonly value: number | null;
  readonly onChange: (ms: number | undefined) => void;
}

const sizes = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof sizes;

/** The largest unit in which a time is a whole number. */
const fittingUnit = (ms: number | null): Unit =>
  ms === null || ms === 0
    ? 'ms'
    : ((['h', 'min', 's'] as const).find((unit) => ms >= sizes[unit] && ms % sizes[unit] === 0) ?? 'ms');

/** A length of time in the unit that fits; what is kept is milliseconds, whatever the unit. */
export function DurationInput({ label, value, onChange, ...rest }: Props) {
  const t = useGuardText();
  const [unit, setUnit] = useState<Unit>(() => fittingUnit(value));
  const size = sizes[unit];
  return (
    <span style={{ display: 'inline-flex', gap: 2 }}>
      <NumberInput
        {...rest}
        aria-label={label}
        style={{ width: 76 }}
        controls={false}
        placeholder={t.editor.unset}
        value={value === null ? null : Number((value / size).toPrecision(10))}
        onChange={(next) => onChange(next === null ? undefined : Math.round(next * size))}
      />
      <select
        className="plain-select"
        aria-label={t.editor.unit(label)}
        disabled={rest.disabled}
        value={unit}
        onChange={(event) => {
          const next = event.target.value as Unit;
          setUnit(next);
          // The number stays as it was written, and means the other unit.
          if (value !== null) onChange(Math.round((value / size) * sizes[next]));
        }}
      >
        {(Object.keys(sizes) as Unit[]).map((each) => (
          <option key={each} value={each}>
            {t.units[each]}
          </option>
        ))}
      </select>
    </span>
  );
}
