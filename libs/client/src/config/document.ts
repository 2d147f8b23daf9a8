import { type Content, deepFreeze, isName, type Json } from '@sluice/core';
import { reason } from '../notices/reasons.ts';
import type { Held } from '../snapshot/held.ts';
import type { View } from '../snapshot/view.ts';
import type { DocumentDefault, DocumentValue, DocumentView } from './document-view.ts';
import { changeMeta, Listeners } from './listeners.ts';
import { type DocumentOptions, startupFrom } from './namespace-options.ts';
import type { DeepReadonly } from './spec.ts';

/** Builds what `sluice.document` returns. Throws when a JSON default is not JSON. */
export function documentView<T>(
  namespace: string,
  fallback: DocumentDefault = { text: '', format: 'text' },
  options: DocumentOptions<T> = {},
): View & { readonly document: DocumentView<T> } {
  if (!isName(namespace))
    throw new TypeError(`${JSON.stringify(namespace)} is not a name: 1-128 of A-Z a-z 0-9 . _ -`);
  const startup = startupFrom(options);
  const { validate } = options;
  const initial: DocumentValue<T> = documentValue(
    fallback,
    fallback.format === 'json' ? deepFreeze(JSON.parse(fallback.text) as Json) : undefined,
  );
  const listeners = new Listeners();
  let held: Held | undefined;
  let value = initial;

  function documentValue(from: DocumentDefault, data: Json | undefined): DocumentValue<T> {
    return Object.freeze({ text: from.text, format: from.format, data: data as DeepReadonly<T> | undefined });
  }

  const valueIn = (from: Held | undefined): DocumentValue<T> =>
    from?.content.kind === 'document' ? documentValue(from.content, from.data) : initial;

  return {
    namespace,
    startup,
    refuses: (content: Content) =>
      content.kind === 'document'
        ? undefined
        : reason('wrong_kind', { got: content.kind, wanted: 'document' }),
    ...(validate && { vet: (next) => validate(valueIn(next), value) }),
    serve(next) {
      held = next;
      value = valueIn(next);
    },
    defaults: () => new Map([['', fallback.text]]),
    get listeners() {
      return listeners.all;
    },
    document: Object.freeze({
      get text() {
        return value.text;
      },
      get format() {
        return value.format;
      },
      get data() {
        return value.data;
      },
      on: (_event: 'change', listener: Parameters<DocumentView<T>['on']>[1]) =>
        listeners.add(
          namespace,
          () => value,
          (a, b) => a.text === b.text && a.format === b.format,
          () => changeMeta(namespace, '', held),
          listener,
        ),
    }),
  };
}
