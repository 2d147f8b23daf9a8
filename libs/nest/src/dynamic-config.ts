import { Inject, Injectable } from '@nestjs/common';
import type { Sluice } from '@sluice/client';
import { bindConfig } from './bind-config.ts';
import { noteNamespace } from './config-notes.ts';
import type { DynamicConfigOptions } from './dynamic-config-options.ts';
import { SLUICE } from './sluice-token.ts';

/** The property through which Nest hands the client to a config object, right after its constructor. */
const client = Symbol('sluice:client');
const bound = new WeakSet<object>();

/**
 * Makes a class the typed view of a namespace: its `@DynamicValue` properties follow the items, its `@OnChange`
 * methods are called when they change. It is an ordinary provider, with a constructor of its own if it wants one;
 * in the constructor its properties still have their initial values.
 */
export function DynamicConfig<C extends object = object>(
  namespace: string,
  options: DynamicConfigOptions<C> = {},
): ClassDecorator {
  return (configClass) => {
    Injectable()(configClass);
    noteNamespace(configClass, namespace);
    Object.defineProperty(configClass.prototype, client, {
      set(this: object, sluice: Sluice) {
        if (bound.has(this)) return;
        bound.add(this);
        bindConfig(this, namespace, sluice, options);
      },
      configurable: true,
    });
    Inject(SLUICE)(configClass.prototype, client);
  };
}
