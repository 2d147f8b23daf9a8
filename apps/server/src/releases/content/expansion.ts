import { type ErrorText, limits } from '@sluice/core';

export const tooDeep: ErrorText = {
  en: `it nests deeper than ${limits.jsonDepth}`,
  zh: `嵌套超过 ${limits.jsonDepth} 层`,
};

const tooMuch: ErrorText = {
  en: 'its aliases expand to more than a million values',
  zh: '别名展开后超过一百万个值',
};

const maxValues = 1_000_000;

/** What is wrong with the size of data whose parts may be shared or circular, as aliases make them. */
export function expansionProblem(value: unknown): ErrorText | undefined {
  const queue: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let seen = 0;
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (++seen + queue.length > maxValues) return tooMuch;
    if (typeof next.value !== 'object' || next.value === null) continue;
    const depth = next.depth + 1;
    if (depth > limits.jsonDepth) return tooDeep;
    for (const child of Object.values(next.value)) queue.push({ value: child, depth });
  }
  return undefined;
}
