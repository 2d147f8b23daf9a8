import { describe, expect, it } from '@jest/globals';
import type { PushTarget } from '@sluice/protocol';
import { pushCommand } from './push-command.ts';

const place = { env: 'prod', app: 'shop' };
const after = { type: 'number', value: 500 };
const part = {
  ns: 'order',
  kind: 'map',
  diff: { of: 'items', changes: [{ key: 'timeoutMs', change: 'changed', after }] },
} as const;
const gate = { bakeMs: 0, click: true };
const command = (
  target: PushTarget,
  options: {
    message?: string;
    expires?: number | 'untilCleared';
    twoPhase?: boolean;
    emergency?: string;
  } = {},
): string =>
  pushCommand(place, [part], target, {
    message: options.message ?? '',
    expires: options.expires,
    twoPhase: options.twoPhase ?? false,
    emergency: options.emergency,
  }).replace('sluice set shop order.timeoutMs=500 --env prod ', '');

describe('the command line of a push', () => {
  it('says to whom', () => {
    expect(command({ mode: 'global', grays: 'keep' })).toBe('--mode global --grays keep');
    expect(command({ mode: 'single', instanceId: 'shop-1' }, { expires: 600_000 })).toBe(
      '--mode single --instance shop-1 --expires 10m',
    );
    expect(command({ mode: 'group', group: 'early' }, { expires: 'untilCleared', message: 'a b' })).toBe(
      "-m 'a b' --mode group --group early --expires never",
    );
  });

  it('proposes where others have to approve, or says why it goes without them', () => {
    expect(command({ mode: 'global' }, { emergency: '' })).toBe('--mode global --propose');
    expect(command({ mode: 'global' }, { emergency: 'INC-12' })).toBe('--mode global --emergency INC-12');
  });

  it('says how a gray finds its members and goes on', () => {
    const gray = (audience: Extract<PushTarget, { mode: 'gray' }>['audience'], more = {}): string =>
      command({ mode: 'gray', audience, gate: { ...gate, ...more } });
    expect(gray({ by: 'percent', steps: [5, 25, 100], among: 'zone in (a,b)' })).toBe(
      "--mode gray --steps 5,25,100 --among 'zone in (a,b)'",
    );
    expect(gray({ by: 'percent', steps: [5] }, { bakeMs: 90_000, click: false, health: true })).toBe(
      '--mode gray --percent 5 --bake 90s --auto --health',
    );
    expect(gray({ by: 'count', count: 2 })).toBe('--mode gray --count 2');
    expect(gray({ by: 'count', count: 2 }, { health: false })).toBe('--mode gray --count 2 --no-health');
    expect(gray({ by: 'instances', ids: ['a', 'b'] })).toBe('--mode gray --instances a,b');
    expect(gray({ by: 'labels', selector: 'zone=a' })).toBe('--mode gray --labels zone=a');
  });

  it('says how a gray is watched over', () => {
    const gray = (guardrails: Extract<PushTarget, { mode: 'gray' }>['guardrails']): string =>
      command({ mode: 'gray', audience: { by: 'count', count: 2 }, gate, guardrails });
    expect(gray({ off: 'no calls' })).toBe("--mode gray --count 2 --guardrails-off 'no calls'");
    expect(
      gray({
        onBreach: 'halt',
        minCalls: 50,
        windows: 3,
        margins: { p99: { ratio: 2, floor: 250 } },
        measures: ['p99'],
        resources: ['pay', 'browse'],
      }),
    ).toBe(
      '--mode gray --count 2 --on-breach halt --min-calls 50 --windows 3 --margin p99=2,250 --measures p99 --resources pay,browse',
    );
  });

  it('goes by files for a change set that is not all values', () => {
    const document = {
      ns: 'menu',
      kind: 'document',
      diff: { of: 'text', same: false, before: '', after: 'x' },
    } as const;
    expect(
      pushCommand(
        place,
        [part, document],
        { mode: 'global' },
        { message: '', expires: undefined, twoPhase: true },
      ),
    ).toBe('sluice apply shop -f order.yaml -f menu.yaml --env prod --mode global --two-phase');
  });
});
