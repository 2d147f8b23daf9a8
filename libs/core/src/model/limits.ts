/** Hard limits of content, each with an error of its own. Checked by the server, and by clients before they apply. */
export const limits = {
  nameLength: 128,
  bodyBytes: 1024 * 1024,
  itemsPerNamespace: 10_000,
  jsonDepth: 32,
  /** Bodies up to this size travel inside a frame, larger ones by digest. */
  inlineBodyBytes: 64 * 1024,
  /** Source of one script, in UTF-8. */
  scriptBytes: 64 * 1024,
} as const;

/** 1-128 of `[A-Za-z0-9._-]`, and not only dots: the one canonical form of every name. */
export const namePattern = /^(?!\.+$)[A-Za-z0-9._-]{1,128}$/;

const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether `name` may name an environment, an app, a namespace, an item, a label or an instance. */
export function isName(name: string): boolean {
  return namePattern.test(name) && !unsafeNames.has(name);
}

/** Nesting depth of plain data: a scalar is 0, `[]` and `{}` are 1. Stops counting beyond `stopAt`. */
export function jsonDepth(value: unknown, stopAt: number = limits.jsonDepth + 1): number {
  if (!isNested(value)) return 0;
  const queue: { value: object; depth: number }[] = [{ value, depth: 1 }];
  let deepest = 0;
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { depth } = next;
    if (depth > deepest) deepest = depth;
    if (depth >= stopAt) return depth;
    const children: readonly unknown[] = Array.isArray(next.value) ? next.value : Object.values(next.value);
    for (const child of children) if (isNested(child)) queue.push({ value: child, depth: depth + 1 });
  }
  return deepest;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
