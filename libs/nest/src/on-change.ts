import type { ChangeMeta } from '@sluice/client';
import { noteListener } from './config-notes.ts';

/** A method that may be called with the new value, the previous one, and where the new one came from. */
type Listener = (value: never, previous: never, meta: ChangeMeta) => unknown;

/**
 * Calls the method after each change of that value. What it throws is reported to the server: this instance then
 * counts as failed for the push, and the value stays.
 */
export function OnChange(key: string) {
  return <T extends Listener>(prototype: object, method: string | symbol, _: TypedPropertyDescriptor<T>) =>
    noteListener(prototype.constructor, { key, method });
}
