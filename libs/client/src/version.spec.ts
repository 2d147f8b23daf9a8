import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { clientVersion } from './version.ts';

it('is the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(clientVersion).toBe(manifest.version);
});
