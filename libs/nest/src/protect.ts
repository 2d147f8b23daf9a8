import { Inject, Optional } from '@nestjs/common';
import type { ProtectOptions, Sluice } from '@sluice/client';
import { SLUICE } from './sluice-token.ts';

/** The property through which Nest hands the client to a provider that has guarded methods. */
const client = Symbol('sluice:guard');

type Method = (...args: never[]) => unknown;

/**
 * Puts a method of a provider under the rules of a resource; without a name it is `Class.method`. Everything else is
 * as with `sluice.protect`. Made without Nest, say in a unit test, the method is simply called.
 */
export function Protect<F extends Method>(
  resource?: string,
  options?: ProtectOptions<F>,
): (prototype: object, key: string | symbol, descriptor: TypedPropertyDescriptor<F>) => void {
  return (prototype, key, descriptor) => {
    const method = descriptor.value;
    if (!method) return;
    if (!Object.hasOwn(prototype, client)) {
      Object.defineProperty(prototype, client, { value: undefined, writable: true });
      Optional()(prototype, client);
      Inject(SLUICE)(prototype, client);
    }
    const name = resource ?? `${prototype.constructor.name}.${String(key)}`;
    const guarded = new WeakMap<Sluice, F>();
    const call = function (this: { readonly [client]?: Sluice }, ...args: Parameters<F>): unknown {
      const sluice = this[client];
      if (!sluice) return Reflect.apply(method, this, args);
      let protectedMethod = guarded.get(sluice);
      if (!protectedMethod) {
        protectedMethod = sluice.protect(name, method, options);
        guarded.set(sluice, protectedMethod);
      }
      return Reflect.apply(protectedMethod, this, args);
    };
    keepMetadata(method, call);
    descriptor.value = call as unknown as F;
  };
}

/** What other decorators noted of the method: routes, guards, pipes. */
function keepMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as unknown[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
}
