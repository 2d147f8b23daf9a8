import type { ItemType } from '@sluice/core';
import { Input, Segmented } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { CodeEditor } from '../../ui/code/lazy.tsx';

interface Props {
  readonly ids: { readonly id: string; readonly 'aria-describedby'?: string; readonly status?: 'error' };
  readonly type: ItemType;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly autoFocus: boolean;
}

/** The input that fits the type of a value. */
export function ValueInput({ ids, type, text, onChange, autoFocus }: Props) {
  const t = useDeliveryText();
  switch (type) {
    case 'boolean':
      return (
        <div>
          <Segmented
            id={ids.id}
            aria-label={t.values.value}
            value={text === 'true' ? 'true' : 'false'}
            onChange={onChange}
            options={['true', 'false']}
          />
        </div>
      );
    case 'number':
      return (
        <Input
          {...ids}
          inputMode="decimal"
          autoFocus={autoFocus}
          autoComplete="off"
          className="mono"
          value={text}
          onChange={(event) => onChange(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
      );
    case 'string':
      return (
        <Input.TextArea
          {...ids}
          autoFocus={autoFocus}
          autoSize={{ minRows: 1, maxRows: 10 }}
          className="mono"
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'json':
      return (
        <CodeEditor value={text} onChange={onChange} language="json" label={t.values.value} minHeight={90} />
      );
  }
}
