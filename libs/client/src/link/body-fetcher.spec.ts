import { describe, expect, it } from '@jest/globals';
import { manualClock } from '../testing/manual-clock.ts';
import { BodyFetcher } from './body-fetcher.ts';

type Answer = (digest: string, stop: AbortSignal) => Promise<string>;

function setUp(answer: Answer, random = 0.5) {
  const clock = manualClock();
  const stop = new AbortController();
  const asked: [string, number][] = [];
  const source = {
    body: (digest: string, signal: AbortSignal) => {
      asked.push([digest, clock.monotonic()]);
      return answer(digest, signal);
    },
  };
  return { clock, stop, asked, fetcher: new BodyFetcher(source, clock, () => random, stop.signal) };
}

const never: Answer = (_, stop) =>
  new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)));

describe('a body', () => {
  it('is asked for after a jitter of up to 300 ms', async () => {
    const { clock, asked, fetcher } = setUp(async () => 'text', 0.9);
    const body = fetcher.fetch('a');
    await clock.advance(269);
    expect(asked).toEqual([]);
    await clock.advance(1);
    expect(await body).toBe('text');
    expect(asked).toEqual([['a', 270]]);
  });

  it('is asked for four times, less and less often, and the last failure is told', async () => {
    const { clock, asked, fetcher } = setUp(() => Promise.reject(new Error('503')));
    const body = fetcher.fetch('a');
    const failed = expect(body).rejects.toThrow('503');
    await clock.advance(10_000);
    await failed;
    expect(asked.map(([, at]) => at)).toEqual([150, 650, 1650, 3650]);
  });

  it('is given up after 15 s, however the server keeps one waiting', async () => {
    const { clock, fetcher } = setUp(never);
    const failed = expect(fetcher.fetch('abcdef')).rejects.toThrow(
      'the body abcdef could not be fetched in 15 s',
    );
    await clock.advance(15_000);
    await failed;
  });

  it('is given up at once when the client closes', async () => {
    const { clock, stop, fetcher, asked } = setUp(never);
    const failed = expect(fetcher.fetch('a')).rejects.toThrow('closed');
    await clock.advance(200);
    stop.abort(new Error('closed'));
    await failed;
    expect(asked).toHaveLength(1);
  });

  it('is one of four at a time; the others wait their turn', async () => {
    const open: (() => void)[] = [];
    const { clock, asked, fetcher } = setUp(
      (digest) => new Promise((resolve) => open.push(() => resolve(digest))),
    );
    const bodies = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((digest) => fetcher.fetch(digest)));
    await clock.advance(200);
    expect(asked.map(([digest]) => digest).join('')).toBe('abcd');
    open[1]?.();
    await clock.advance(0);
    expect(asked.map(([digest]) => digest).join('')).toBe('abcde');
    for (let i = 0; i < 6; i++) {
      for (const answer of open) answer();
      await clock.advance(0);
    }
    expect(await bodies).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});
