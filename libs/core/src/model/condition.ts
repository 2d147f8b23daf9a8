export type Scalar = string | number | boolean;

/** Where a condition looks. A `path` such as `user.id` leads into an argument that is an object. */
export type Subject =
  | { readonly on: 'origin' }
  | { readonly on: 'header' | 'query' | 'tag'; readonly name: string }
  | { readonly on: 'argument'; readonly index: number; readonly path?: string };

/**
 * What it asks. Texts are compared as they are; a number or boolean with the text of a header, a parameter or a tag
 * as if it had been written there. What is absent passes no test but `exists: false`.
 */
export type Test =
  | { readonly op: 'equals'; readonly value: Scalar }
  | { readonly op: 'in'; readonly values: readonly Scalar[] }
  | { readonly op: 'prefix' | 'glob'; readonly value: string }
  | { readonly op: 'atLeast' | 'atMost'; readonly value: number }
  | { readonly op: 'exists'; readonly value: boolean };

/** Which calls a rule is about. */
export type Condition =
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition }
  | (Subject & Test);
