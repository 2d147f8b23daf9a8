import { noteValue, type ValueOptions } from './config-notes.ts';

/**
 * Makes a property of a `@DynamicConfig` class follow the item of the same name. Its initial value is the default,
 * and says the type: a number, a string, a boolean, or JSON for an array, an object or null.
 */
export function DynamicValue(options: ValueOptions = {}): PropertyDecorator {
  return (prototype, key) => noteValue(prototype.constructor, String(key), options);
}
