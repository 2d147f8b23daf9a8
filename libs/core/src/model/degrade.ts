import type { Json } from './json.ts';

/**
 * What a caller gets instead of the call: nothing, a fixed value, a thrown error, an HTTP answer, what a function of
 * the app answers that it registered by this name, the last good answer of the resource (not older than `maxAgeMs`),
 * or what the `fallback` script of the rule `ruleId` computes.
 */
export type Degrade =
  | { readonly answer: 'empty' }
  | { readonly answer: 'value'; readonly value: Json }
  | { readonly answer: 'error'; readonly message?: string }
  | {
      readonly answer: 'http';
      readonly status: number;
      readonly body?: string;
      readonly contentType?: string;
    }
  | { readonly answer: 'fallback'; readonly name: string }
  | { readonly answer: 'lastGood'; readonly maxAgeMs?: number }
  | { readonly answer: 'script'; readonly ruleId: string };
