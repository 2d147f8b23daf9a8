import type { ConfigOptions, ConfigSpec, Sluice, ValueSpec } from '@sluice/client';
import { ConfigClassError } from './config-class-error.ts';
import { notesOf } from './config-notes.ts';
import type { DynamicConfigOptions } from './dynamic-config-options.ts';
import { text } from './texts.ts';
import { valueSpec } from './value-spec.ts';

/**
 * Makes an object of a config class follow its namespace. The accessors are put on the object itself: a class field
 * of ES2022 is an own property and would hide one on the prototype.
 * Throws a `ConfigClassError` that says everything that is wrong with the class.
 */
export function bindConfig<C extends object>(
  target: object,
  namespace: string,
  sluice: Sluice,
  { startup, validate }: DynamicConfigOptions<C>,
): void {
  const { values, listeners } = notesOf(target.constructor);
  const className = target.constructor.name;
  const spec: Record<string, ValueSpec<unknown>> = {};
  const faults: string[] = [];
  for (const [key, options] of values) {
    const made = valueSpec(`${className}.${key}`, (target as Record<string, unknown>)[key], options);
    if ('spec' in made) spec[key] = made.spec;
    else faults.push(...made.faults);
  }
  for (const { key, method } of listeners)
    if (!values.has(key))
      faults.push(
        text('noSuchValue', {
          name: `${className}.${String(method)}`,
          key,
          known: [...values.keys()].join(', ') || '-',
        }),
      );
  if (faults.length > 0) throw new ConfigClassError(faults);

  const config = sluice.config<ConfigSpec>(namespace, spec, {
    ...(startup && { startup }),
    ...(validate && { validate: validate as unknown as NonNullable<ConfigOptions<ConfigSpec>['validate']> }),
  });
  for (const key of values.keys())
    Object.defineProperty(target, key, {
      get: () => config.get(key),
      set: () => {
        throw new TypeError(text('readOnly', { name: `${className}.${key}` }));
      },
      enumerable: true,
      configurable: true,
    });
  const methods = target as Record<string | symbol, (...args: unknown[]) => void | Promise<void>>;
  for (const { key, method } of listeners)
    config.on(key, (value, previous, meta) => methods[method]?.(value, previous, meta));
}
