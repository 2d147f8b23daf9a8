import { describe, expect, it } from '@jest/globals';
import { oneMore, recent } from './attempt-limit.ts';

const limit = { failures: 3, windowMs: 1000 };

describe('a limit of attempts', () => {
  it('refuses after so many failures, until the oldest leaves the window', () => {
    let times: number[] = [];
    for (const at of [0, 100, 200]) times = oneMore(times, limit, at);
    expect(times).toEqual([0, 100, 200]);
    expect(() => oneMore(times, limit, 300)).toThrow(
      expect.objectContaining({ code: 'too_many_requests', params: { retryAfterSec: 1 } }),
    );
    expect(oneMore(times, limit, 1000)).toEqual([100, 200, 1000]);
  });

  it('counts what a node with a faster clock wrote, and nothing that is long ago', () => {
    expect(recent([5000, 900, -5000], limit, 1000)).toEqual([900]);
    expect(recent([1500], limit, 1000)).toEqual([1500]);
  });
});
