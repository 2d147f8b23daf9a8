import { describe, expect, it } from '@jest/globals';
import { type Content, diffContent, maskedValue } from '@sluice/core';
import { withSecrets } from './with-secrets.ts';

const secret = (value: string) => ({ type: 'string' as const, value, secret: true });
const content = (items: Record<string, object>): Content => ({ kind: 'map', items }) as Content;

describe('a diff of masked contents', () => {
  const target = content({ b: secret(maskedValue), c: { type: 'number', value: 1 } });
  const draft = content({ b: secret(maskedValue), c: { type: 'number', value: 2 } });

  it('tells of secrets that the server says are other ones', () => {
    const diff = withSecrets(diffContent(target, draft), ['b'], draft);
    expect(diff.of === 'items' && diff.changes.map(({ key, change }) => [key, change])).toEqual([
      ['b', 'changed'],
      ['c', 'changed'],
    ]);
  });

  it('tells of nothing twice, and of nothing that is gone', () => {
    const typed = content({ b: secret('new') });
    const plain = diffContent(target, typed);
    expect(withSecrets(plain, ['b'], typed)).toBe(plain);
    const without = content({ c: { type: 'number', value: 2 } });
    const removed = diffContent(target, without);
    expect(withSecrets(removed, ['b'], without)).toBe(removed);
  });
});
