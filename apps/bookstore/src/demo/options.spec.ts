import { describe, expect, it } from '@jest/globals';
import { asksForHelp, readOptions } from './options.ts';
import { textsIn } from './texts.ts';

const read = (...args: string[]) => readOptions(args, textsIn('en'), '/home/ada/sluice');

describe('readOptions', () => {
  it('needs none', () => {
    expect(read()).toEqual({
      headless: false,
      port: 7788,
      portAsked: false,
      dataDir: '/home/ada/sluice/.data',
      instances: 4,
      story: 'none',
    });
  });

  it('is told of in help, option by option, in both languages', () => {
    expect([['--help'], ['--story', '-h'], ['--story']].map(asksForHelp)).toEqual([true, true, false]);
    for (const language of ['en', 'zh'] as const) {
      const { badOption, help } = textsIn(language);
      const options = badOption('').match(/--[a-z]+/g)!;
      expect(options).toHaveLength(6);
      for (const option of options) expect(help).toContain(`\n  ${option} `);
    }
  });

  it('takes what was asked for', () => {
    expect(read('--headless', '--port', '9000', '--data=/tmp/d', '--instances', '2')).toEqual({
      headless: true,
      port: 9000,
      portAsked: true,
      dataDir: '/tmp/d',
      instances: 2,
      story: 'none',
    });
  });

  it('takes the story, and how fast it goes, where there are shops enough for it', () => {
    expect([read('--story').story, read('--story', '--fast').story]).toEqual(['slow', 'fast']);
    expect(() => read('--fast')).toThrow('--fast belongs to --story');
    expect(() => read('--story', '--instances', '1')).toThrow('--instances must be a whole number from 2');
  });

  it.each([
    ['--port', '0'],
    ['--port', '65536'],
    ['--port', '80a'],
    ['--instances', '0'],
    ['--instances', '21'],
  ])('refuses %s %s', (option, value) => {
    expect(() => read(option, value)).toThrow(`${option} must be a whole number`);
  });

  it('refuses what it does not know, in the language of the reader', () => {
    expect(() => read('--prot', '1')).toThrow('Nothing was started');
    expect(() => readOptions(['--port', 'x'], textsIn('zh'), '/')).toThrow('必须是');
  });
});
