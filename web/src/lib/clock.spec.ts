import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { heardServerTime, nowMs } from './clock.ts';

const hourMs = 3_600_000;
const serverMs = Date.parse('2026-01-31T12:00:00Z');
const date = new Date(serverMs).toUTCString();
let ownMs: number;
const answered = (tookMs = 40): void => heardServerTime(date, ownMs - tookMs);

beforeEach(() => {
  jest.spyOn(Date, 'now').mockImplementation(() => ownMs);
});
afterEach(() => {
  ownMs = serverMs;
  answered();
  jest.restoreAllMocks();
});

it.each([
  ['ahead', 2 * hourMs],
  ['behind', -2 * hourMs],
])('goes by the time of the server where the own clock is %s', (_, byMs) => {
  ownMs = serverMs + byMs;
  answered();
  expect(Math.abs(nowMs() - serverMs)).toBeLessThan(1000);
  ownMs = serverMs;
  answered();
  expect(nowMs()).toBe(ownMs);
});

it('stays with the own clock where both show nearly the same', () => {
  ownMs = serverMs + 4000;
  answered();
  expect(nowMs()).toBe(ownMs);
});

it('takes no time from an answer that was long on its way, or tells none', () => {
  ownMs = serverMs + 2 * hourMs;
  answered(60_000);
  answered(-1);
  heardServerTime(null, ownMs);
  heardServerTime('soon', ownMs);
  expect(nowMs()).toBe(ownMs);
});
