import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CallInputs, CompiledRule, Rule, ScriptRule } from '@sluice/core';
import { Notices } from '../notices/notices.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { BlockedError } from './blocked-error.ts';
import { CallDoor } from './call-door.ts';
import { CallGuard } from './call-guard.ts';
import type { ScriptAnswer, ScriptRuling, ScriptRunners } from './script-runners.ts';

/** A question to a script that has no answer yet. */
interface Asked {
  readonly id: string;
  /** What its arguments were when it was asked. */
  readonly args: string;
  answer(ruling: ScriptRuling): void;
}

class HeldScripts implements ScriptRunners {
  readonly asked: Asked[] = [];

  decide({ id }: CompiledRule<ScriptRule>, call: CallInputs): Promise<ScriptRuling> {
    const args = JSON.stringify(call.args);
    return new Promise((answer) => void this.asked.push({ id, args, answer }));
  }
  fallback = async (): Promise<ScriptAnswer> => ({ answered: false });
  load = (): void => undefined;
  troubles = () => [];
  close = (): void => undefined;
}

const scriptOf = (more: Partial<ScriptRule> = {}): Rule =>
  ({
    kind: 'script',
    role: 'decide',
    resource: { match: 'exact', value: 'pay' },
    mode: 'intercept',
    source: 'function decide() { return "pass"; }',
    ...more,
  }) as Rule;
const watching = scriptOf({ mode: 'monitor' });
const policy = scriptOf({ role: 'policy', everyMs: 1000 } as Partial<ScriptRule>);

function bench() {
  const clock = manualClock();
  const guard = new CallGuard({ clock, notices: new Notices(false, clock, 'en'), context: true });
  const scripts = new HeldScripts();
  guard.scripts = scripts;
  return { clock, guard, scripts, door: new CallDoor(guard) };
}

/** Lets everything go on that has been settled. */
const settled = () => new Promise<void>((go) => setImmediate(go));
const ended = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'let in',
    (error: unknown) => (error instanceof BlockedError ? error.ruleId : error),
  );

describe('a script rule that no call waits for', () => {
  let { guard, scripts, door } = bench();
  beforeEach(() => {
    ({ guard, scripts, door } = bench());
  });

  it.each([
    ['a script that watches', watching, 2],
    ['a policy', policy, 0],
    ['a script that computes answers', scriptOf({ role: 'fallback' }), 0],
    ['a script about other calls', scriptOf({ when: { on: 'origin', op: 'equals', value: 'shop' } }), 0],
  ])('%s lets a call go where and when it goes without', async (_, rule, asked) => {
    const order: string[] = [];
    const send = door.protect('pay', async (items: number[]) => {
      order.push('called');
      return items.length;
    });
    const once = async () => {
      const list = [1, 2, 3];
      const sent = send(list);
      order.push('the caller goes on');
      list.length = 0;
      return sent;
    };
    expect(await once()).toBe(3);
    guard.load({ 'r/a': rule }, 1);
    expect(await once()).toBe(3);
    expect(order).toEqual(['called', 'the caller goes on', 'called', 'the caller goes on']);
    const admitted = door.gate('pay').admit();
    expect(admitted).not.toBeInstanceOf(Promise);
    expect(scripts.asked).toHaveLength(asked);
  });

  it('tells later what it would have blocked, by what the call was when it came', async () => {
    guard.load({ 'r/a': watching }, 1);
    const told: string[] = [];
    guard.listener = {
      blocked: () => undefined,
      wouldBlock: ({ rules }) => void told.push(...rules),
      injected: () => undefined,
    };
    const list = [1, 2, 3];
    const send = door.protect('pay', async (items: number[]) => items.length);
    const sent = send(list);
    list.length = 0;
    expect(await sent).toBe(3);
    expect(scripts.asked.map(({ args }) => args)).toEqual(['[[1,2,3]]']);
    const entered = await door.enter('pay', { args: [1] });
    entered.exit();
    expect(told).toEqual([]);
    for (const { answer } of scripts.asked) answer({ pass: false });
    await settled();
    expect(told).toEqual(['r/a', 'r/a']);
  });

  it('does no harm where whoever is told of it throws', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    guard.load({ 'r/a': watching }, 1);
    guard.listener = {
      blocked: () => undefined,
      wouldBlock: () => {
        throw new Error('no span');
      },
      injected: () => undefined,
    };
    door.gate('pay').admit();
    scripts.asked[0]!.answer({ pass: false });
    await settled();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('is asked at once, beside one that the call waits for', async () => {
    guard.load({ 'r/a': watching, 'r/b': scriptOf() }, 1);
    const call = ended(door.enter('pay'));
    const of = (id: string) => scripts.asked.filter((each) => each.id === id);
    expect([of('r/a').length, of('r/b').length]).toEqual([1, 1]);
    of('r/b')[0]!.answer({ pass: false });
    expect(await call).toBe('r/b');
  });
});

describe('a call that waits for its script', () => {
  const rule = scriptOf();
  const waiting = () => {
    const all = bench();
    all.guard.load({ 'r/a': rule }, 1);
    const entered = ended(all.door.enter('pay'));
    const called = ended(all.door.protect('pay', async () => 'paid')());
    const refuse = () => {
      for (const { answer } of all.scripts.asked.splice(0)) answer({ pass: false });
    };
    return { ...all, refuse, answers: () => Promise.all([entered, called]) };
  };

  it('is refused by what is in force when it answers', async () => {
    const { refuse, answers } = waiting();
    refuse();
    expect(await answers()).toEqual(['r/a', 'r/a']);
  });

  it.each<[string, (of: ReturnType<typeof bench>) => void]>([
    ['its rule has gone', ({ guard }) => guard.load({}, 2)],
    ['its rule only watches', ({ guard }) => guard.load({ 'r/a': watching }, 2)],
    ['its rule is off', ({ guard }) => guard.load({ 'r/a': scriptOf({ mode: 'off' }) }, 2)],
    [
      'its rule has ended',
      ({ guard }) => guard.load({ 'r/a': scriptOf({ effective: { until: '2025-01-01T00:00:00Z' } }) }, 2),
    ],
    [
      'the kill switch is on',
      ({ guard, clock }) =>
        guard.core.setKillSwitch({ monitorOnly: true, noFaults: true }, clock.monotonic()),
    ],
  ])('goes when %s meanwhile', async (_, change) => {
    const all = waiting();
    change(all);
    all.refuse();
    expect(await all.answers()).toEqual(['let in', 'let in']);
  });

  it('asks the script that its rule has meanwhile, and those of rules that have come', async () => {
    const { guard, scripts, refuse, answers } = waiting();
    guard.load({ 'r/a': scriptOf({ source: 'function decide() { return "block"; }' }), 'r/b': rule }, 2);
    refuse();
    await settled();
    for (const { answer } of scripts.asked.splice(0)) answer({ pass: true });
    await settled();
    expect(scripts.asked.map(({ id }) => id)).toEqual(['r/b', 'r/b']);
    refuse();
    expect(await answers()).toEqual(['r/b', 'r/b']);
  });
});
