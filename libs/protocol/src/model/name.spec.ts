import { describe, expect, it } from '@jest/globals';
import { instanceId, labels } from './name.ts';

describe('instanceId', () => {
  it.each(['orders-7d9f-x2', 'host/3', 'pod 7', '...'])('takes %j', (id) => {
    expect(instanceId.parse(id)).toBe(id);
  });

  it.each(['', '.', '..', 'a\0', 'x'.repeat(129)])('refuses %j', (id) => {
    expect(instanceId.safeParse(id).success).toBe(false);
  });
});

describe('labels', () => {
  it('takes 64 labels and refuses one more', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'x']));
    expect(labels.safeParse(many(64)).success).toBe(true);
    expect(labels.safeParse(many(65)).success).toBe(false);
    expect(labels.safeParse({ zone: 5 }).success).toBe(false);
    expect(labels.safeParse(JSON.parse('{"__proto__":"a"}')).success).toBe(false);
  });
});
