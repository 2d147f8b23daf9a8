import { describe, expect, it } from '@jest/globals';
import { type Topic, topic, topicKey } from './events.ts';

describe('topicKey', () => {
  it('is another text for every topic', () => {
    const words = ['a', 'b', 'app', 'push', 'a-b'];
    const topics: Topic[] = words.flatMap((environment) => [
      { of: 'environment', environment },
      ...words.flatMap((app): Topic[] => [
        { of: 'app', environment, app },
        ...words.map((push): Topic => ({ of: 'push', environment, app, push })),
      ]),
    ]);
    expect(topics.every((t) => topic.safeParse(t).success)).toBe(true);
    expect(new Set(topics.map(topicKey)).size).toBe(topics.length);
  });

  it('cannot be forged: no part of a topic may hold what parts them', () => {
    for (const word of ['a b', 'a\n', ''])
      expect(topic.safeParse({ of: 'app', environment: word, app: word }).success).toBe(false);
    expect(topic.safeParse({ of: 'push', environment: 'a', app: 'b', push: 'c d' }).success).toBe(false);
    expect(topic.safeParse({ of: 'everything' }).success).toBe(false);
  });
});
