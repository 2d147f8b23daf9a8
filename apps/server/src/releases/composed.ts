import { type Content, compose, type NamespaceKind, type ParsedLayer } from '@sluice/core';

/** What contents come to that lie over one another, lowest first. */
export function composed(kind: NamespaceKind, contents: readonly Content[]): Content | undefined {
  const layers = contents.map((value, order): ParsedLayer => {
    return { id: `${order}`, kind: 'global', order, revision: 0, digest: '', body: '', value };
  });
  return compose(kind, layers)?.content;
}
