import { type Item, type ItemType, isName, itemTypes } from '@sluice/core';
import { Button, Checkbox, Input, Select } from 'antd';
import { type KeyboardEvent, useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { Field } from '../../ui/field.tsx';
import { Row } from '../../ui/stack.tsx';
import styles from './item-editor.module.css';
import { canBeSecret, formOf, type ItemFaults, type ItemForm, itemOf } from './item-form.ts';
import { ValueInput } from './value-input.tsx';

interface Props {
  /** Absent for a new item. */
  readonly itemKey?: string;
  readonly item?: Item;
  /** Keys that a new item can't have. */
  readonly taken?: readonly string[];
  readonly onApply: (key: string, item: Item) => void;
  readonly onCancel: () => void;
  readonly onRemove?: () => void;
  readonly onRevert?: () => void;
}

/** One item: its value with an input of its type, bounds, description. What is wrong is said at its place. */
export function ItemEditor({ itemKey, item, taken = [], onApply, onCancel, onRemove, onRevert }: Props) {
  const t = useDeliveryText();
  const [key, setKey] = useState(itemKey ?? '');
  const [form, setForm] = useState<ItemForm>(() => formOf(item));
  const [tried, setTried] = useState(false);
  const read = itemOf(form, item);
  const faults: ItemFaults = tried && 'faults' in read ? read.faults : {};
  const keyFault = !isName(key)
    ? t.common.nameRule
    : taken.includes(key)
      ? t.values.keyTaken(key)
      : undefined;
  const change = (part: Partial<ItemForm>): void => setForm({ ...form, ...part });
  const apply = (): void => {
    setTried(true);
    if ('item' in read && (itemKey !== undefined || !keyFault)) onApply(key, read.item);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') onCancel();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) apply();
  };
  const faultText = (fault: keyof ItemFaults): string | undefined => {
    const found = faults[fault];
    return found && t.values.faults[found](form.min, form.max);
  };
  return (
    <form
      className={styles.editor}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {itemKey === undefined && (
        <Field label={t.diff.key} error={tried && keyFault}>
          {(ids) => (
            <Input
              {...ids}
              autoFocus
              spellCheck={false}
              autoComplete="off"
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
      )}
      <Field label={t.values.value} error={faultText('value')}>
        {(ids) => (
          <ValueInput
            ids={ids}
            type={form.type}
            text={form.text}
            onChange={(text) => change({ text })}
            autoFocus={itemKey !== undefined}
          />
        )}
      </Field>
      <div className={styles.fields}>
        <Field label={t.values.type}>
          {({ id }) => (
            <Select<ItemType>
              id={id}
              value={form.type}
              onChange={(type) => change({ type })}
              options={itemTypes.map((each) => ({ value: each, label: each }))}
            />
          )}
        </Field>
        {form.type === 'number' && (
          <>
            <Field label={t.values.min} error={faultText('min')}>
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="decimal"
                  value={form.min}
                  onChange={(event) => change({ min: event.target.value })}
                />
              )}
            </Field>
            <Field label={t.values.max} error={faultText('max')}>
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="decimal"
                  value={form.max}
                  onChange={(event) => change({ max: event.target.value })}
                />
              )}
            </Field>
          </>
        )}
      </div>
      {canBeSecret(form.type) && (
        <Checkbox checked={form.secret} onChange={(event) => change({ secret: event.target.checked })}>
          {t.values.secretHint}
        </Checkbox>
      )}
      {item?.secret && <span className="quiet">{t.values.secretStays}</span>}
      <Field label={t.namespaces.description}>
        {(ids) => (
          <Input
            {...ids}
            maxLength={1000}
            value={form.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Field>
      <div className={styles.foot}>
        <Row>
          <Button type="primary" htmlType="submit">
            {t.values.apply}
          </Button>
          <Button onClick={onCancel}>{t.common.cancel}</Button>
        </Row>
        <Row>
          {onRevert && <Button onClick={onRevert}>{t.values.revert}</Button>}
          {onRemove && (
            <Button danger onClick={onRemove}>
              {t.values.remove}
            </Button>
          )}
        </Row>
      </div>
    </form>
  );
}
