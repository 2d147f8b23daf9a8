import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { QueryObserver } from '@tanstack/react-query';
import { queryClient } from '../query-client.ts';
import { refreshLate, refreshNow, refreshSoon } from './refresh.ts';

const queryKey = ['getKill', { env: 'prod' }];

const left: (() => void)[] = [];

/** What a page that follows the switch asks; answered when the test says so. */
function pageOf(queryKey: readonly unknown[]): ((answer: string) => void)[] {
  const asked: ((answer: string) => void)[] = [];
  const queryFn = () => new Promise<string>((resolve) => asked.push(resolve));
  const page = new QueryObserver<string>(queryClient, { queryKey, queryFn, staleTime: 0 });
  left.push(page.subscribe(() => undefined));
  return asked;
}
const pageOfKill = () => pageOf(queryKey);
const turns = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
};

afterEach(() => {
  jest.useRealTimers();
  for (const leave of left.splice(0)) leave();
  queryClient.clear();
});

describe('a read that is on its way when something is told', () => {
  it.each([
    { name: 'the first', known: undefined },
    { name: 'one that replaces an answer', known: 'known' },
  ])('is repeated when it has come, for its answer may be older: $name', async ({ known }) => {
    if (known !== undefined) queryClient.setQueryData(queryKey, known);
    const asked = pageOfKill();
    refreshNow({ environment: 'prod' });
    await turns();
    expect(asked).toHaveLength(1);
    asked[0]!('before');
    await turns();
    expect(queryClient.getQueryData(queryKey)).toBe('before');
    asked[1]!('after');
    await turns();
    expect(queryClient.getQueryData(queryKey)).toBe('after');
    expect(asked).toHaveLength(2);
  });

  it('does not wait for another one that takes long', async () => {
    const asked = pageOfKill();
    const slow = pageOf(['listApps', { env: 'prod' }]);
    refreshNow({ environment: 'prod' });
    asked[0]!('before');
    await turns();
    expect([asked, slow].map(({ length }) => length)).toEqual([2, 1]);
  });

  it('is left alone when another place is meant', async () => {
    const asked = pageOfKill();
    refreshNow({ environment: 'test' });
    await turns();
    asked[0]!('known');
    await turns();
    expect(asked).toHaveLength(1);
    expect(queryClient.getQueryData(queryKey)).toBe('known');
  });

  it('comes through however slow the server is and however fast the updates come', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    queryClient.setQueryData(queryKey, 'known');
    const asked = pageOfKill();
    for (let answer = 1; answer <= 3; answer++) {
      for (let update = 0; update < 5; update++) {
        refreshSoon({ environment: 'prod' });
        jest.advanceTimersByTime(400);
        await turns();
      }
      expect(asked).toHaveLength(answer);
      asked[answer - 1]!(`answer ${answer}`);
      await turns();
      expect(queryClient.getQueryData(queryKey)).toBe(`answer ${answer}`);
    }
    asked[3]!('the last');
    await turns();
    expect(queryClient.getQueryData(queryKey)).toBe('the last');
    expect(asked).toHaveLength(4);
  });

  it('is read again a moment later, and nothing is read where none is on its way', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    queryClient.setQueryData(queryKey, 'known');
    const asked = pageOfKill();
    const told = async (): Promise<void> => {
      refreshLate({ environment: 'prod', operations: ['getKill'] });
      jest.advanceTimersByTime(1000);
      await turns();
    };
    await told();
    asked[0]!('before');
    await turns();
    asked[1]!('after');
    await turns();
    expect(queryClient.getQueryData(queryKey)).toBe('after');
    await told();
    expect(asked).toHaveLength(2);
  });
});
