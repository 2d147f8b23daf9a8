import { type Content, type ErrorText, isName, type Json, maskedValue, sameData } from '@sluice/core';
import { reason } from '../notices/reasons.ts';
import { type Held, itemValue } from '../snapshot/held.ts';
import { secretKeysOf } from '../snapshot/secret-keys.ts';
import type { View } from '../snapshot/view.ts';
import type { ChangeListener } from './change-meta.ts';
import type { Config } from './config.ts';
import { changeMeta, Listeners } from './listeners.ts';
import { type ConfigOptions, startupFrom } from './namespace-options.ts';
import type { ConfigSpec, ValueOf, ValueSpec, ValuesOf } from './spec.ts';

/** The view behind a `Config`, for `snapshot().of(config)`. */
export interface ConfigViewOf<S extends ConfigSpec> extends View {
  readonly config: Config<S>;
  /** The values as they are now; the array is never changed, a swap makes a new one. */
  slots(): readonly unknown[];
  valuesIn(slots: readonly unknown[]): ValuesOf<S>;
}

const methods: ReadonlySet<string> = new Set(['get', 'values', 'on']);

/**
 * Builds what `sluice.config` returns. `unknownKey` is told about reads of keys that are not declared.
 * The values lie in one array that is computed at each swap; a property reads one place of it. Place 0 holds the secret
 * keys, an object, so that the array keeps one representation whatever the values are, and reads stay fast.
 */
export function configView<S extends ConfigSpec>(
  namespace: string,
  spec: S,
  options: ConfigOptions<S>,
  unknownKey: (path: string) => void,
): ConfigViewOf<S> {
  const keys = Object.keys(spec);
  for (const name of [namespace, ...keys])
    if (!isName(name))
      throw new TypeError(`${JSON.stringify(name)} is not a name: 1-128 of A-Z a-z 0-9 . _ -`);
  const startup = startupFrom(options);
  const { validate } = options;
  const places = new Map(keys.map((key, index) => [key, index + 1]));
  const listeners = new Listeners();
  let held: Held | undefined;
  let slots = slotsOf(undefined);

  function slotsOf(from: Held | undefined): readonly unknown[] {
    return [secretKeysOf(from?.content), ...keys.map((key) => servedValue(key, from))];
  }

  function servedValue(key: string, from: Held | undefined): unknown {
    const value = from && itemValue(from.content, key);
    return value === undefined ? spec[key]!.default : value;
  }

  function refuses(content: Content): ErrorText | undefined {
    if (content.kind !== 'map') return reason('wrong_kind', { got: content.kind, wanted: 'map' });
    for (const key of keys) {
      const value = itemValue(content, key);
      if (value !== undefined && !accepts(spec[key]!, value))
        return reason('unexpected_value', {
          key,
          value: secretKeysOf(content).has(key) ? maskedValue : shown(value),
          expects: expectsOf(spec[key]!),
        });
    }
    return undefined;
  }

  const valuesIn = (from: readonly unknown[]): ValuesOf<S> =>
    Object.freeze(
      unprinted(
        Object.fromEntries(keys.map((key, index) => [key, from[index + 1]])),
        from[0] as ReadonlySet<string>,
      ),
    ) as ValuesOf<S>;

  const config = {
    get(key: string) {
      const place = places.get(key);
      if (place !== undefined) return slots[place];
      unknownKey(`${namespace}.${key}`);
      return undefined;
    },
    values: () => valuesIn(slots),
    on(key: string, listener: ChangeListener<unknown>) {
      const place = places.get(key);
      if (place === undefined) {
        unknownKey(`${namespace}.${key}`);
        return () => undefined;
      }
      const same = (a: unknown, b: unknown): boolean => sameData(a as Json, b as Json);
      const meta = () => changeMeta(namespace, key, held);
      return listeners.add(`${namespace}.${key}`, () => slots[place], same, meta, listener);
    },
  };
  for (const [key, place] of places)
    if (!methods.has(key))
      Object.defineProperty(config, key, { enumerable: true, get: (): unknown => slots[place] });

  return {
    namespace,
    startup,
    config: Object.freeze(config) as unknown as Config<S>,
    refuses,
    ...(validate && { vet: (next) => validate(valuesIn(slotsOf(next)), valuesIn(slots)) }),
    serve(next) {
      held = next;
      slots = slotsOf(next);
    },
    defaults: () => new Map(keys.map((key) => [key, spec[key]!.default as ValueOf<S[string]>])),
    get listeners() {
      return listeners.all;
    },
    slots: () => slots,
    valuesIn,
  };
}

/** The same values, of which `console.log` prints those that are no secret. */
function unprinted(values: Record<string, unknown>, secret: ReadonlySet<string>): Record<string, unknown> {
  if (secret.size === 0) return values;
  const print = (): unknown =>
    Object.fromEntries(Object.entries(values).map(([key, v]) => [key, secret.has(key) ? maskedValue : v]));
  return Object.defineProperty(values, Symbol.for('nodejs.util.inspect.custom'), { value: print });
}

/** A spec that was written by hand may throw; then it has not accepted. */
function accepts(spec: ValueSpec<unknown>, value: Json): boolean {
  try {
    return spec.accepts(value);
  } catch {
    return false;
  }
}

const expectsOf = ({ expects, expectsZh = expects }: ValueSpec<unknown>): ErrorText => ({
  en: expects,
  zh: expectsZh,
});

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
