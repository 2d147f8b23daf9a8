import { describe, expect, it } from '@jest/globals';
import type { Launch } from './launch.ts';
import { LaunchWays } from './launch-ways.ts';

const plain: Launch = { command: 'plain', args: [] };
const bound: Launch = { command: 'bound', args: [], otherwise: plain };
const offline: Launch = { command: 'offline', args: [], otherwise: bound };

/** Starts one after the other at `nowMs`, of which those by these commands fail: the commands that were used. */
function started(ways: LaunchWays, nowMs: number, failing: readonly string[]): string {
  const used: string[] = [];
  for (;;) {
    const way = ways.next(nowMs);
    used.push(way.launch.command);
    if (failing.includes(way.launch.command) && ways.leave(way, nowMs)) continue;
    if (!failing.includes(way.launch.command)) ways.worked(way);
    return used.join(' ');
  }
}

describe('the ways to start a child', () => {
  it('are each tried again before they are left, down to the plainest', () => {
    const ways = new LaunchWays(offline);
    expect(started(ways, 0, ['offline', 'bound', 'plain'])).toBe('offline offline bound bound plain');
  });

  it('are not left for one failure', () => {
    const ways = new LaunchWays(offline);
    expect(ways.leave(ways.next(0), 0)).toBe(true);
    expect(started(ways, 1, [])).toBe('offline');
    expect(ways.leave(ways.next(2), 2)).toBe(true);
    expect(started(ways, 3, [])).toBe('offline');
  });

  it('are not left for good', () => {
    const ways = new LaunchWays(offline);
    expect(started(ways, 0, ['offline'])).toBe('offline offline bound');
    expect(started(ways, 59_999, ['offline'])).toBe('bound');
    expect(started(ways, 60_000, ['offline'])).toBe('offline bound');
    expect(started(ways, 120_000, [])).toBe('offline');
    expect(started(ways, 120_001, ['offline'])).toBe('offline offline bound');
  });
});
