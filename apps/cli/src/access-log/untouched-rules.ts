import { type ErrorText, type Rules, resourceMatcher } from '@sluice/core';

/** Names that are remembered as looked at. */
const mostRemembered = 100_000;

/** Looks for rules that no request of a log is about: that they would block none of them says nothing. */
export class UntouchedRules {
  readonly #left: Map<string, (name: string) => boolean>;
  readonly #seen = new Set<string>();

  constructor(rules: Rules) {
    this.#left = new Map(
      Object.entries(rules)
        .filter(([, { mode }]) => mode !== 'off')
        .map(([id, { resource }]) => [
          id,
          // All that a log tells of are requests of the web.
          resource.type === undefined || resource.type === 'web' ? resourceMatcher(resource) : () => false,
        ]),
    );
  }

  see(resource: string): void {
    if (this.#left.size === 0 || this.#seen.has(resource)) return;
    if (this.#seen.size < mostRemembered) this.#seen.add(resource);
    for (const [id, matches] of this.#left) if (matches(resource)) this.#left.delete(id);
  }

  warnings(): ErrorText[] {
    const [example] = this.#seen;
    if (this.#left.size === 0 || example === undefined) return [];
    const ids = [...this.#left.keys()].join(', ');
    return [
      {
        en: `No request is of a resource that ${ids} is about, so nothing is known of it. Requests are named like "${example}" here: name them as the app does, with --resource-from.`,
        zh: `没有请求属于 ${ids} 的资源，因此无从判断。这里的请求命名形如“${example}”：请用 --resource-from 按应用中的名称命名。`,
      },
    ];
  }
}
