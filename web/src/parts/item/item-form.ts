import { type Item, type ItemType, isMask, type Json } from '@sluice/core';

/** An item as it is typed: everything is text until it is applied. */
export interface ItemForm {
  readonly type: ItemType;
  readonly text: string;
  readonly min: string;
  readonly max: string;
  readonly description: string;
  readonly secret: boolean;
}

export type ItemFault = 'notNumber' | 'notJson' | 'tooSmall' | 'tooLarge' | 'minAboveMax';
export type ItemFaults = Partial<Record<'value' | 'min' | 'max', ItemFault>>;

export function formOf(item: Item | undefined): ItemForm {
  if (!item) return { type: 'number', text: '', min: '', max: '', description: '', secret: false };
  return {
    type: item.type,
    // A mask is no value to edit: nothing typed means that the secret stays.
    text:
      item.secret && isMask(item.value)
        ? ''
        : item.type === 'json'
          ? JSON.stringify(item.value, null, 2)
          : typeof item.value === 'string'
            ? item.value
            : JSON.stringify(item.value),
    min: item.min === undefined ? '' : String(item.min),
    max: item.max === undefined ? '' : String(item.max),
    description: item.description ?? '',
    secret: item.secret === true,
  };
}

export const canBeSecret = (type: ItemType): boolean => type === 'string' || type === 'json';

/**
 * The item that was typed, or what is wrong with it, place by place. A secret of which nothing was typed stays as it was
 * `before`.
 */
export function itemOf(
  form: ItemForm,
  before?: Item,
): { readonly item: Item } | { readonly faults: ItemFaults } {
  const isSecret = form.secret && canBeSecret(form.type);
  const description = {
    ...(form.description && { description: form.description }),
    ...(isSecret && { secret: true as const }),
  };
  if (isSecret && form.text === '' && before?.secret && before.type === form.type)
    return { item: { type: form.type, value: before.value, ...description } };
  switch (form.type) {
    case 'string':
      return { item: { type: 'string', value: form.text, ...description } };
    case 'boolean':
      return { item: { type: 'boolean', value: form.text === 'true', ...description } };
    case 'json':
      try {
        return { item: { type: 'json', value: JSON.parse(form.text) as Json, ...description } };
      } catch {
        return { faults: { value: 'notJson' } };
      }
    case 'number':
      return numberOf(form, description);
  }
}

/** A finite number as people write it; undefined for anything else, also for nothing. */
function parsed(text: string): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function numberOf(
  form: ItemForm,
  description: { description?: string },
): { item: Item } | { faults: ItemFaults } {
  const value = parsed(form.text);
  const min = parsed(form.min);
  const max = parsed(form.max);
  const faults: ItemFaults = {};
  if (form.min.trim() !== '' && min === undefined) faults.min = 'notNumber';
  if (form.max.trim() !== '' && max === undefined) faults.max = 'notNumber';
  if (min !== undefined && max !== undefined && min > max) faults.min = 'minAboveMax';
  if (value === undefined) faults.value = 'notNumber';
  else if (min !== undefined && value < min) faults.value = 'tooSmall';
  else if (max !== undefined && value > max) faults.value = 'tooLarge';
  if (value === undefined || Object.keys(faults).length > 0) return { faults };
  return {
    item: {
      type: 'number',
      value,
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...description,
    },
  };
}
