import type { en } from './en/en.ts';

/** The shape that a translation must have: the same names, functions with the same parameters. */
export type Same<T> = T extends (...args: infer A) => string
  ? (...args: A) => string
  : T extends string
    ? string
    : { readonly [K in keyof T]: Same<T[K]> };

export type Texts = Same<typeof en>;
