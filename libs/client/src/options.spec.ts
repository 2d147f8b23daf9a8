import { describe, expect, it } from '@jest/globals';
import { OptionsError, type SluiceOptions, settingsFrom } from './options.ts';

const fault = (options: unknown, env = {}): string => {
  try {
    settingsFrom(options as SluiceOptions, env, 'lead');
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as OptionsError).message;
  }
  return '';
};
const server = 'http://127.0.0.1:7788';

describe('options', () => {
  it('are filled from the environment where absent', () => {
    const env = { SLUICE_SERVER: `${server}/`, SLUICE_TOKEN: 't' };
    expect(settingsFrom({}, env, '')).toMatchObject({ server, token: 't', labels: {}, allowMultiple: false });
    expect(settingsFrom({ server: 'https://x/sluice/', token: undefined }, env, '')).toMatchObject({
      server: 'https://x/sluice',
      token: 't',
    });
  });

  it.each([
    [{}, 'server: is needed, here or as SLUICE_SERVER, got nothing'],
    [{ server: 'localhost:7788' }, 'server: must be an address like http://host:7788, got "localhost:7788"'],
    [{ server, environment: 'a b' }, 'environment: must be 1-128 of A-Z a-z 0-9 . _ -, got "a b"'],
    [{ server, app: '..' }, 'app: must be 1-128'],
    [{ server, labels: { zone: 5 } }, 'labels.zone: '],
    [{ server, cacheDir: true }, 'cacheDir: must be a folder or false, got true'],
    [{ server, instanceId: '' }, 'instanceId: '],
    [{ server, logger: {} }, 'logger: must have a method warn'],
    [{ server, tokn: 'x' }, 'tokn: is not an option'],
    [null, 'server: is needed'],
  ])('%j are refused with the bad value', (options, message) => {
    expect(fault(options)).toContain(message);
  });

  it('lists every fault, and never repeats a token', () => {
    const message = fault({ server: 1, app: '', token: 7 });
    expect(message).toContain('server: ');
    expect(message).toContain('app: ');
    expect(fault({ server, token: 's'.repeat(600) })).not.toContain('sss');
  });
});
