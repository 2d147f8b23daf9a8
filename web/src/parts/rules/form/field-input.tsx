import type { Json } from '@sluice/core';
import { Input } from 'antd';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { NumberInput } from '../../../ui/number-input.tsx';
import type { FieldSpec } from '../rule-fields.ts';
import { DurationInput } from './duration-input.tsx';
import { JsonInput } from './json-input.tsx';
import { ListInput } from './list-input.tsx';
import { MomentInput } from './moment-input.tsx';

interface Props {
  readonly path: string;
  readonly spec: FieldSpec;
  readonly value: Json | undefined;
  readonly label: string;
  readonly isWrong: boolean;
  readonly blocked: boolean;
  readonly onChange: (value: Json | undefined) => void;
}

/** The input of one field inside a sentence. What is optional can be emptied. */
export function FieldInput({ path, spec, value, label, isWrong, blocked, onChange }: Props) {
  const t = useGuardText();
  const same = {
    'aria-label': label,
    disabled: blocked,
    'data-field': path,
    ...(isWrong && { status: 'error' as const }),
  };
  const plain = { label, blocked, isWrong, value, onChange };
  const number = typeof value === 'number' ? value : null;
  const scaled = (factor: number, suffix: string) => (
    <NumberInput
      {...same}
      style={{ width: 92 }}
      value={number === null ? null : Number((number * factor).toPrecision(10))}
      suffix={suffix}
      controls={false}
      onChange={(next) => onChange(next === null ? undefined : Number((next / factor).toPrecision(10)))}
    />
  );
  switch (spec.is) {
    case 'number':
      return (
        <NumberInput
          {...same}
          style={{ width: 84 }}
          controls={false}
          placeholder={t.editor.unset}
          value={number}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    case 'ms':
      return <DurationInput {...same} label={label} value={number} onChange={onChange} />;
    case 'sec':
      return (
        <NumberInput
          {...same}
          style={{ width: 92 }}
          controls={false}
          suffix={t.units.s}
          value={number}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    case 'share':
      return scaled(100, '%');
    case 'perMillion':
      return scaled(1 / 10_000, '%');
    case 'choice':
      return (
        <select
          className="plain-select"
          aria-label={label}
          data-field={path}
          aria-invalid={isWrong || undefined}
          disabled={blocked}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value || undefined)}
        >
          {(spec.optional || value === undefined) && <option value="">{t.editor.unset}</option>}
          {spec.options.map((each) => (
            <option key={each} value={each}>
              {t.optionNames[each] ?? each}
            </option>
          ))}
        </select>
      );
    case 'text':
      return (
        <Input
          {...same}
          style={{ width: 150 }}
          autoComplete="off"
          placeholder={t.editor.unset}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) =>
            onChange(event.target.value === '' && spec.optional ? undefined : event.target.value)
          }
        />
      );
    case 'moment':
      return <MomentInput {...plain} />;
    case 'json':
      return <JsonInput {...plain} />;
    case 'list':
      return <ListInput {...plain} />;
  }
}
