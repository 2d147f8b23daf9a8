import { describe, expect, it } from '@jest/globals';
import { inheritedEnv } from './process-env.ts';

describe('inheritedEnv', () => {
  it('keeps settings of another server away, and passes the rest on', () => {
    const source = {
      PATH: '/bin',
      SLUICE_TOKEN: 't',
      SLUICE_DATABASE_URL: 'postgres://x',
      SLUICE_LANG: 'zh',
    };
    expect(inheritedEnv(source)).toEqual({
      PATH: '/bin',
      SLUICE_LANG: 'zh',
      NO_COLOR: '1',
      NODE_ENV: 'production',
    });
  });
});
