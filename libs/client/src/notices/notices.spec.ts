import { describe, expect, it, jest } from '@jest/globals';
import { manualClock } from '../testing/manual-clock.ts';
import { notices as catalog } from './catalog.ts';
import { Notices } from './notices.ts';

describe('notices', () => {
  it('are said once a minute for each code and subject, and heard each time', async () => {
    const clock = manualClock();
    const [said, heard]: [string[], string[]] = [[], []];
    const notices = new Notices({ warn: (line) => said.push(line) }, clock, 'en');
    notices.heard = (notice) => heard.push(notice.code);
    const warn = (subject: string) => notices.warn('unknown_key', { path: subject, suggestion: '' }, subject);
    warn('a');
    warn('a');
    warn('b');
    await clock.advance(60_000);
    warn('a');
    expect(said).toHaveLength(3);
    expect(heard).toHaveLength(4);
    expect(said[0]).toBe('[sluice] unknown_key: No config "a". Reads of it answer undefined.');
  });

  it('outlive a logger that throws', () => {
    const logger = {
      warn() {
        throw new Error('disk full');
      },
    };
    expect(() =>
      new Notices(logger, manualClock(), 'en').warn('cache_locked', { folder: '/x' }),
    ).not.toThrow();
  });

  it('outlive a logger that rejects', () => {
    const full = Promise.reject(new Error('disk full'));
    const then = jest.spyOn(full, 'then');
    new Notices({ warn: () => full as never }, manualClock(), 'en').warn('cache_locked', { folder: '/x' });
    expect(then).toHaveBeenCalledWith(undefined, expect.any(Function));
  });

  it('fill the same parameters in both languages', () => {
    const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    for (const [code, text] of Object.entries(catalog)) {
      expect([code, holes(text.zh)]).toEqual([code, holes(text.en)]);
      expect([code, /[\u4e00-\u9fff]/.test(text.zh)]).toEqual([code, true]);
    }
  });
});
