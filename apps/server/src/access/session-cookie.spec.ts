import { describe, expect, it } from '@jest/globals';
import { sessionIdIn } from './session-cookie.ts';

const id = 'a'.repeat(43);
const other = 'b'.repeat(43);

describe('sessionIdIn', () => {
  it.each([
    ['alone', `sluice_session=${id}`, false, id],
    ['among others', `a=b; sluice_session=${id};c`, false, id],
    ['twice the same', `sluice_session=${id}; sluice_session=${id}`, false, id],
    ['two different', `sluice_session=${id}; sluice_session=${other}`, false, undefined],
    ['over HTTPS', `__Host-sluice=${id}; sluice_session=${other}`, true, id],
    ['over HTTPS under the other name', `sluice_session=${id}`, true, undefined],
    ['a longer name', `xsluice_session=${id}`, false, undefined],
    ['too short', 'sluice_session=abc', false, undefined],
    ['with other characters', `sluice_session=${'%'.repeat(43)}`, false, undefined],
    ['empty', '', false, undefined],
    ['hostile', '__proto__=1; =; ;;=x', false, undefined],
    ['behind 16 KiB of others', `${'x=y;'.repeat(5000)}sluice_session=${id}`, false, undefined],
  ])('finds it %s', (_, header, secure, expected) => {
    expect(sessionIdIn(header, secure)).toBe(expected);
  });
});
