import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CompiledRule, ScriptRule } from '@sluice/core';
import { manualClock } from '../testing/manual-clock.ts';
import { type Engine, type LoadEngine, ScriptLoader } from './script-loader.ts';

const rule = { kind: 'script', role: 'decide', timeoutMs: 5, onError: 'block' } as ScriptRule;
const script = { id: 'r/a', rule } as CompiledRule<ScriptRule>;
const rules = new Map([['r/a', rule]]);

class FakeEngine implements Engine {
  readonly pids = [];
  load = (): void => undefined;
  decide = async () => ({ pass: true }) as const;
  fallback = async () => ({ answered: true, value: 7 }) as const;
  troubles = () => [];
  close = (): void => undefined;
}

describe('a loader of scripts', () => {
  let clock = manualClock();
  let troubled = 0;
  let arrives: (engine: Awaited<ReturnType<LoadEngine>>) => void;
  let fails: (error: Error) => void;
  let loader: ScriptLoader;
  beforeEach(() => {
    clock = manualClock();
    troubled = 0;
    const around = {
      statsOf: () => ({}),
      ruleOf: () => undefined,
      adjust: () => undefined,
      troubled: () => void troubled++,
    };
    loader = new ScriptLoader(
      around,
      { clock, language: 'en' },
      () =>
        new Promise((resolve, reject) => {
          [arrives, fails] = [resolve, reject];
        }),
    );
  });

  /** What a call has got so far. */
  const watched = <T>(call: Promise<T>) => {
    const seen: { answer?: T } = {};
    void call.then((answer) => {
      seen.answer = answer;
    });
    return seen;
  };

  it('answers a call in its time, also while it has nothing loaded that could be asked', async () => {
    loader.load(rules);
    const decided = watched(loader.decide(script, {}));
    const answered = watched(loader.fallback('r/a', {}, new Error('no')));
    await clock.advance(54);
    expect([decided, answered]).toEqual([{}, {}]);
    await clock.advance(1);
    expect([decided.answer, answered.answer]).toEqual([{ pass: false }, { answered: false }]);
    const later = watched(loader.decide(script, {}));
    arrives({ ScriptEngine: FakeEngine });
    await clock.advance(0);
    expect(later.answer).toEqual({ pass: true });
    expect(await loader.fallback('r/a', {}, new Error('no'))).toEqual({ answered: true, value: 7 });
  });

  it('counts the time of a script from the call on, also where it arrives meanwhile', async () => {
    class SlowEngine extends FakeEngine {
      override decide = () => new Promise<never>(() => undefined);
    }
    loader.load(rules);
    const decided = watched(loader.decide(script, {}));
    await clock.advance(40);
    arrives({ ScriptEngine: SlowEngine });
    await clock.advance(15);
    expect(decided.answer).toEqual({ pass: false });
  });

  it('does not read later what a call was that goes on meanwhile', async () => {
    loader.load(rules);
    const decided = watched(loader.decide(script, {}, 'beside'));
    await clock.advance(0);
    expect(decided.answer).toEqual({ pass: false });
  });

  it('that could not be loaded says so until it is, with the next rules', async () => {
    loader.load(rules);
    fails(new Error('no such file'));
    await clock.advance(0);
    expect(loader.troubles()).toEqual([{ rule: 'r/a', state: 'unavailable', error: 'no such file' }]);
    expect([troubled, await loader.decide(script, {})]).toEqual([1, { pass: false }]);
    loader.load(new Map(rules));
    arrives({ ScriptEngine: FakeEngine });
    await clock.advance(0);
    expect([troubled, loader.troubles(), await loader.decide(script, {})]).toEqual([2, [], { pass: true }]);
  });

  it('that could not be loaded has nothing to say any more when the last script has gone', async () => {
    loader.load(rules);
    fails(new Error('no such file'));
    await clock.advance(0);
    loader.load(new Map());
    loader.load(rules);
    expect(loader.troubles()).toEqual([]);
  });
});
