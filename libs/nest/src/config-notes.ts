import 'reflect-metadata';

/** What a pushed value must be, beyond the type of its default. A value that is not is refused by this instance. */
export interface ValueOptions {
  /** Of a number, inclusive. */
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  /** Of a string: the only ones. */
  readonly oneOf?: readonly string[];
  /** Of JSON: whether it may be served. */
  readonly check?: (value: unknown) => boolean;
}

/** What the decorators of a config class noted about it and about the classes that it extends. */
export interface ConfigNotes {
  readonly values: ReadonlyMap<string, ValueOptions>;
  readonly listeners: readonly ListenerNote[];
}
export interface ListenerNote {
  readonly key: string;
  readonly method: string | symbol;
}

const namespaceNote = Symbol('sluice:namespace');
const valuesNote = Symbol('sluice:values');
const listenersNote = Symbol('sluice:listeners');

export function noteNamespace(configClass: object, namespace: string): void {
  Reflect.defineMetadata(namespaceNote, namespace, configClass);
}

/** The namespace of a class, or undefined when it is no config class. */
export function namespaceOf(configClass: object): string | undefined {
  return Reflect.getOwnMetadata(namespaceNote, configClass) as string | undefined;
}

export function noteValue(configClass: object, key: string, options: ValueOptions): void {
  Reflect.defineMetadata(valuesNote, new Map([...notesOf(configClass).values, [key, options]]), configClass);
}

export function noteListener(configClass: object, note: ListenerNote): void {
  Reflect.defineMetadata(listenersNote, [...notesOf(configClass).listeners, note], configClass);
}

export function notesOf(configClass: object): ConfigNotes {
  return {
    values: (Reflect.getMetadata(valuesNote, configClass) as ConfigNotes['values'] | undefined) ?? new Map(),
    listeners:
      (Reflect.getMetadata(listenersNote, configClass) as ConfigNotes['listeners'] | undefined) ?? [],
  };
}
