export type Value = string | number | boolean;
/** An item of a `map` namespace. */
export interface Item {
  readonly type: 'string' | 'number' | 'boolean';
  readonly value: Value;
  readonly min?: number;
  readonly max?: number;
  readonly description: string;
}
export type SeedContent =
  | { readonly kind: 'map'; readonly items: Readonly<Record<string, Item>> }
  | { readonly kind: 'document'; readonly format: 'json' | 'text'; readonly text: string }
  | { readonly kind: 'rules'; readonly items: Readonly<Record<string, object>> };

export interface SeedNamespace {
  readonly name: string;
  readonly description: string;
  readonly schema?: object;
  /** Oldest first; the last one is live. */
  readonly history: readonly { readonly message: string; readonly content: SeedContent }[];
}

export interface SeedApp {
  readonly name: string;
  readonly title: string;
  readonly owner: string;
  readonly namespaces: readonly SeedNamespace[];
}
