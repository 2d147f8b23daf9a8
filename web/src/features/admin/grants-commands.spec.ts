import { describe, expect, it } from '@jest/globals';
import type { Grant } from '@sluice/protocol';
import { createUserCommands, grantsCommands } from './grants-commands.ts';

const everywhere: Grant = { role: 'viewer', environment: '*', app: '*' };
const there: Grant = { role: 'publisher', environment: 'prod', app: 'shop' };

describe('the roles of a user as command lines', () => {
  it('are what is given and what is taken away', () => {
    expect(grantsCommands('ann', [everywhere], [there])).toEqual([
      'sluice user grant ann publisher --env prod --app shop',
      'sluice user revoke ann viewer',
    ]);
    expect(grantsCommands('ann', [there], [there])).toEqual([]);
  });

  it('begin with the user himself when he is new', () => {
    expect(createUserCommands('ann', [there, everywhere])).toEqual([
      'sluice user create ann --role publisher --env prod --app shop',
      'sluice user grant ann viewer',
    ]);
    expect(createUserCommands('ann', [])).toEqual(['sluice user create ann']);
  });
});
