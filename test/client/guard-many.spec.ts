import { expect, it } from '@jest/globals';
import { manualClock, testSluice } from '@sluice/client/testing';
import { limitOf } from './guard-rules.ts';

it('guards what is one resource too many, with one warning, and goes on counting it', async () => {
  const clock = manualClock();
  const sluice = testSluice({}, { clock });
  const said: string[] = [];
  sluice.on('notice', ({ code, params }) => said.push(`${code} ${params.resource}`));
  await sluice.rules({ all: limitOf(1, { resource: { match: 'prefix', value: 'r' } }) });
  const passed = (name: string): boolean => {
    try {
      sluice.entry(name).exit();
      return true;
    } catch {
      return false;
    }
  };
  for (let i = 0; i < 2000; i++) expect(passed(`r${i}`)).toBe(true);
  expect([passed('r1'), passed('r2000'), passed('r2001'), passed('other')]).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect(said).toEqual(['too_many_resources r2000']);
  await sluice.close();
});

it('takes any name, however odd', async () => {
  const sluice = testSluice();
  await sluice.rules({ all: limitOf(1e6, { resource: { match: 'glob', value: '**' } }) });
  for (const name of ['x'.repeat(100_000), '\uD800', 'a\0b', '__proto__', 'constructor', ' ', '资源'])
    sluice.entry(name).exit();
  await sluice.close();
});
