import { describe, expect, it } from '@jest/globals';
import { promoteWords } from './promote-words.ts';

describe('promoteWords', () => {
  it('says whose value stays, key by key, and a document by its namespace', () => {
    const choices = {
      order: { timeoutMs: 'gray', retries: 'global', vip: 'gray' },
      texts: { '': 'global' },
    } as const;
    expect(promoteWords({ choices, groupsWin: true })).toEqual([
      '--keep-gray',
      'order.timeoutMs,order.vip',
      '--keep-global',
      'order.retries,texts',
      '--groups-win',
    ]);
  });

  it('says nothing where nothing was chosen', () => {
    expect(promoteWords({ groupsWin: false })).toEqual([]);
  });
});
