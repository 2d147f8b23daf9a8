import { Input } from 'antd';
import type { ReactNode } from 'react';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { onConfirmKey } from '../ui/confirm-key.ts';
import { Field } from '../ui/field.tsx';

interface Props {
  readonly value: string;
  readonly onChange: (reason: string) => void;
  /** Ctrl+Enter in the field; whoever is blocked just then does nothing. */
  readonly onConfirm: () => void;
  readonly hint?: ReactNode;
  /** Whether the panel that opens puts the cursor here. */
  readonly isFirst?: boolean;
}

/** Why somebody does it: one line that grows, read by everybody in the history. */
export function ReasonField({ value, onChange, onConfirm, hint, isFirst = false }: Props) {
  const t = useDeliveryText();
  return (
    <Field label={t.publish.message} hint={hint}>
      {(ids) => (
        <Input.TextArea
          {...ids}
          autoSize={{ minRows: 1, maxRows: 4 }}
          maxLength={2000}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onConfirmKey(onConfirm)}
          {...(isFirst && { 'data-first-focus': '' })}
        />
      )}
    </Field>
  );
}
