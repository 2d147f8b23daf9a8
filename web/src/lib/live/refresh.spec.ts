import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { QueryObserver } from '@tanstack/react-query';
import { queryClient } from '../query-client.ts';
import { refreshLate, refreshNow } from './refresh.ts';

const queryKey = ['getKill', { env: 'prod' }];

const left: (() => void)[] = [];

/** What a page that follows the switch asks; answered when the test says so. */
function pageOfKill(): ((answer: string) => void)[] {
  const asked: ((answer: string) => void)[] = [];
  const queryFn = () => new Promise<string>((resolve) => asked.push(resolve));
  const page = new QueryObserver<string>(queryClient, { queryKey, queryFn, staleTime: 0 });
  left.push(page.subscribe(() => undefined));
  return asked;
}
const turns = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
};

afterEach(() => {
  jest.useRealTimers();
  for (const leave of left.splice(0)) leave();
  queryClient.clear();
});

describe('a read that is on its way when something is told', () => {
  it('is repeated when it was the first, for its answer may be older', async () => {
    const asked = pageOfKill();
    refreshNow({ environment: 'prod' });
    await turns();
    expect(asked).toHaveLength(1);
    asked[0]!('before');
    await turns();
    asked[1]!('after');
    await turns();
    expect(queryClient.getQueryData(queryKey)).toBe('after');
  });

  it('is begun anew when there was an answer before, and only if it is about this place', async () => {
    queryClient.setQueryData(queryKey, 'known');
    const asked = pageOfKill();
    refreshNow({ environment: 'test' });
    await turns();
    expect(asked).toHaveLength(1);
    refreshNow({ environment: 'prod' });
    await turns();
    expect(asked).toHaveLength(2);
    asked[0]!('before');
    asked[1]!('after');
    await turns();
    expect(queryClient.getQueryData(queryKey)).toBe('after');
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
    expect(asked).toHaveLength(2);
    asked[1]!('after');
    await turns();
    jest.advanceTimersByTime(1000);
    await told();
    expect(asked).toHaveLength(2);
  });
});
