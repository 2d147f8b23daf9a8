import { describe, expect, it } from '@jest/globals';
import { parseLogLine } from './log-line.ts';
import type { LogFormat } from './log-words.ts';

const parse = (line: string, format: LogFormat = 'combined', withCaller = true) => {
  const bytes = Buffer.from(`before\n${line}\nafter`);
  return parseLogLine(bytes, 7, bytes.length - 6, { format, withCaller });
};

const common = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a/b?x=1&y=%20 HTTP/1.1" 200 1234';
const caller = ' "https://example.com/from" "Some Browser/1.0 (like \\"that\\")"';

describe('a line of an access log', () => {
  it('says who asked for what and when, and how it ended', () => {
    expect(parse(common + caller)).toEqual({
      atMs: Date.UTC(2015, 4, 17, 10, 5, 3),
      ip: '192.0.2.7',
      method: 'GET',
      path: '/a/b',
      query: 'x=1&y=%20',
      status: 200,
      referer: 'https://example.com/from',
      userAgent: 'Some Browser/1.0 (like "that")',
    });
    expect(parse(`${common}\r`, 'common')).toMatchObject({ path: '/a/b', status: 200 });
    expect(parse(common + caller, 'combined', false)).not.toHaveProperty('userAgent');
  });

  it('may leave the size, the referer and the user open', () => {
    const line = '2001:db8::1 - - [01/Jan/2026:00:00:00 +0800] "POST / HTTP/2" 304 - "-" "-"';
    expect(parse(line)).toEqual({
      atMs: Date.UTC(2025, 11, 31, 16),
      ip: '2001:db8::1',
      method: 'POST',
      path: '/',
      query: '',
      status: 304,
    });
  });

  it.each([
    ['a user with spaces', '1.1.1.1 - Li Lei [', { user: 'Li Lei' }],
    ['a host by name and an ident', 'host.example.com me li [', { ip: 'host.example.com', user: 'li' }],
  ])('may have %s', (_, start, expected) => {
    expect(parse(common.replace('192.0.2.7 - - [', start), 'common')).toMatchObject(expected);
  });

  it.each([
    ['GET http://example.com/x?y HTTP/1.1', { path: '/x', query: 'y' }],
    ['GET http://example.com HTTP/1.1', { path: '/' }],
    ['OPTIONS * HTTP/1.1', { method: 'OPTIONS', path: '*' }],
    ['GET /old', { path: '/old' }],
    ['GET /quo\\"te HTTP/1.0', { path: '/quo"te' }],
    ['GET /字 HTTP/1.1', { path: '/字' }],
  ])('may ask in the form %s', (request, expected) => {
    expect(
      parse(
        common.replace(/"[^"]*"/, () => `"${request}"`),
        'common',
      ),
    ).toMatchObject(expected);
  });

  it.each([
    ['', /host, ident and user/],
    ['garbage', /host, ident and user/],
    [common.replace('- - ', '- '), /host, ident and user/],
    [common.replace('17/May', '32/May'), /time/],
    [common.replace('17/May', '30/Feb'), /time/],
    [common.replace('10:05:03', '24:05:03'), /time/],
    [common.replace('10:05:03', '10:05:61'), /time/],
    [common.replace('10:05:03', '10:05:x3'), /time/],
    [common.replace(' +0000', ''), /time/],
    ['1.1.1.1 - - [17/May/2015:10:05:03 +0000]', /time/],
    [common.replace('"GET', 'GET'), /quotes/],
    [common.slice(0, 70), /quotes/],
    [common.replace('" 200', '" 2x0'), /status/],
    [common.replace('" 200', '" 900'), /status/],
    [common.replace('" 200 1234', '" 200'), /status/],
    [common.replace(/GET .*1\.1/, '-'), /method and path/],
    [common.replace(/GET .*1\.1/, '\\x16\\x03\\x01'), /method and path/],
    [common + caller, /more than/],
  ])('that is not whole is refused with the reason: %s', (line, reason) => {
    expect(parse(line, 'common')).toEqual({
      bad: { en: expect.stringMatching(reason), zh: expect.any(String) },
    });
  });

  it.each([[common], [`${common} "-"`], [`${common + caller} 0.12`], [(common + caller).slice(0, -1)]])(
    'in the combined format ends with referer and user agent: %s',
    (line) => {
      expect(parse(line)).toMatchObject({ bad: { en: expect.stringContaining('user agent') } });
    },
  );
});
