import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultCacheFolder } from './default-folder.ts';

const homeless = () => {
  throw Object.assign(new Error('uv_os_homedir returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
};

describe('the folder of caches', () => {
  it('is what was said, else that of the user', () => {
    expect(defaultCacheFolder({ SLUICE_CACHE_DIR: '/data' }, 'linux', homeless)).toBe('/data');
    expect(defaultCacheFolder({ XDG_CACHE_HOME: '/xdg' }, 'linux', homeless)).toBe(
      join('/xdg', 'sluice', 'clients'),
    );
    expect(defaultCacheFolder({}, 'linux', () => '/home/ann')).toBe(
      join('/home/ann', '.cache', 'sluice', 'clients'),
    );
  });

  it('of a user whom the system has no home for is under the root, where containers have it', () => {
    for (const platform of ['linux', 'darwin', 'win32'])
      expect(defaultCacheFolder({}, platform, homeless)).toContain(join('sluice', 'clients'));
    expect(defaultCacheFolder({}, 'linux', homeless)).toBe(join('/', '.cache', 'sluice', 'clients'));
  });
});
