import { Input } from 'antd';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { Field } from '../ui/field.tsx';

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Why something is undone although publishing is frozen; filled in, it goes. */
export function EmergencyField({ value, onChange }: Props) {
  const t = useDeliveryText();
  return (
    <Field label={t.rollback.emergency} hint={t.rollback.emergencyHint}>
      {(ids) => (
        <Input {...ids} maxLength={2000} value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
