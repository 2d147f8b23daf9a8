import { describe, expect, it } from '@jest/globals';
import { BlockedError, type Sluice } from '@sluice/client';
import type { CompiledRule, Rule, ScriptRule } from '@sluice/core';
import { systemClock } from '../../libs/client/src/clock.ts';
import { ScriptLoader } from '../../libs/client/src/guard/script-loader.ts';
import { until } from '../support/until.ts';
import { limitOf, pay, wireRules } from './guard-rules.ts';
import { useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer();

type Part = { readonly source: string } & Partial<ScriptRule>;
const scriptOf = (more: Part): Rule =>
  ({ kind: 'script', role: 'decide', resource: pay, mode: 'intercept', timeoutMs: 1000, ...more }) as Rule;
const decide = (body: string): string => `function decide(call) { ${body} }`;

let revision = 0;
/** Pushes these rules, all there are from now on, and waits until they are in force. */
async function push(rules: Readonly<Record<string, Rule>>): Promise<void> {
  await fake.server.ackOf(fake.server.push(wireRules('gate', rules, ++revision)));
}
async function connected(rules: Readonly<Record<string, Rule>>): Promise<Sluice> {
  fake.server.push(wireRules('gate', rules, ++revision));
  const client = fake.connect();
  await client.ready();
  return client;
}
const refusal = async (call: () => Promise<unknown>): Promise<BlockedError | undefined> => {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    return error;
  }
};
/** The process of scripts takes a moment to start; until then `onError` rules. */
const answering = (ask: () => Promise<unknown>): Promise<unknown> =>
  until('an answer of the script', async () => (await ask()) !== undefined);
const reported = (state: string) =>
  fake.server.hears('report', ({ scripts }) => scripts.some((script) => script.state === state));

describe('a script that decides', () => {
  it('rules on each call by what it declares, and says when to come again', async () => {
    const source = decide(
      'return call.user === "eve" && call["args[0].amount"] > 10 ? { block: true, retryAfterMs: 500 } : "pass"',
    );
    const client = await connected({ who: scriptOf({ source, inputs: ['user', 'args[0].amount'] }) });
    const charge = client.protect('pay', async ({ amount }: { amount: number }) => amount);
    const of = (user: string, amount: number) =>
      refusal(() => client.inContext({ user }, () => charge({ amount })));
    await answering(() => of('eve', 50));
    expect(await of('ann', 50)).toBeUndefined();
    expect(await of('eve', 5)).toBeUndefined();
    expect(await of('eve', 50)).toMatchObject({ ruleId: 'gate/who', kind: 'script', retryAfterMs: 500 });
    expect(await refusal(() => client.enter('pay', { user: 'eve', args: [{ amount: 11 }] }))).toBeDefined();
  });

  it('says why, in the error, in the HTTP answer and when the call is explained', async () => {
    const reason = 'too many\n open orders';
    const source = decide(`return { block: true, reason: ${JSON.stringify(reason)} }`);
    const client = await connected({ who: scriptOf({ source }) });
    await answering(() => refusal(() => client.enter('pay')));
    const error = (await refusal(() => client.enter('pay')))!;
    expect(error).toMatchObject({ code: 'denied', reason: 'too many  open orders' });
    expect(error.message).toContain('by gate/who: too many  open orders. Decision');
    expect(JSON.parse(error.toHttp().body)).toMatchObject({ reason: 'too many  open orders' });
    const explained = fake.server.hears('explained');
    fake.server.tell('explain', { askId: 7, decisionId: error.decisionId });
    expect((await explained).block).toMatchObject({ ruleId: 'gate/who', reason: 'too many  open orders' });
  });

  it('is asked once for the same inputs within cacheMs', async () => {
    const source = decide('return { block: true, retryAfterMs: Math.floor(call.random * 1e6) }');
    const client = await connected({ who: scriptOf({ source, inputs: ['user'], cacheMs: 60_000 } as Part) });
    const ask = async (user: string) => (await refusal(() => client.enter('pay', { user })))?.retryAfterMs;
    await answering(() => ask('first'));
    const ann = await Promise.all([ask('ann'), ask('ann'), ask('ann')]);
    expect(new Set([...ann, await ask('ann')]).size).toBe(1);
    expect(await ask('bob')).not.toBe(ann[0]);
  });

  it('in monitor mode changes nothing and is counted', async () => {
    const source = decide('return "block"');
    const client = await connected({ who: scriptOf({ source, mode: 'monitor' }) });
    const charge = client.protect('pay', async () => 'paid');
    await until('a would-block that was reported', async () => {
      expect(await charge()).toBe('paid');
      return fake.server.heard.report.some(({ seconds }) =>
        seconds.some(({ resources }) =>
          resources.some(({ rules }) => rules.some((one) => one.rule === 'gate/who' && one.wouldBlock > 0)),
        ),
      );
    });
    const blocked = fake.server.heard.report.flatMap(({ seconds }) =>
      seconds.flatMap(({ resources }) => resources.flatMap(({ blocked }) => Object.values(blocked))),
    );
    expect(blocked.filter((count) => count > 0)).toEqual([]);
  });

  it('is not held up by one that only watches, or that sets limits', async () => {
    const who = scriptOf({ source: decide('return "pass"'), onError: 'block', timeoutMs: 400 });
    const endless = { mode: 'monitor', timeoutMs: 1000 } as const;
    const client = await connected({ who });
    await until('the script lets calls in', async () => !(await refusal(() => client.enter('pay'))));
    const policy = { role: 'policy', everyMs: 100, source: 'function policy() { for(;;); }' };
    await push({
      who,
      watch: scriptOf({ ...endless, source: decide('for(;;);') }),
      auto: scriptOf({ ...endless, ...policy } as Part),
    });
    for (let n = 0; n < 5; n++) expect(await refusal(() => client.enter('pay'))).toBeUndefined();
  });

  it.each([
    ['pass', undefined],
    ['block', 'gate/who'],
  ] as const)('that throws rules by onError %s, and the report says so', async (onError, ruleId) => {
    const source = decide('throw new Error("no such thing")');
    const client = await connected({ who: scriptOf({ source, onError }) });
    const error = expect.stringContaining('no such thing');
    const thrown = { rule: 'gate/who', state: 'failing', error, agoMs: expect.any(Number) };
    await until('a report of what it threw', async () => {
      expect((await refusal(() => client.enter('pay')))?.ruleId).toBe(ruleId);
      const { scripts } = fake.server.heard.report.at(-1) ?? { scripts: [] };
      return scripts[0]?.error.includes('threw') && expect(scripts).toEqual([thrown]) === undefined;
    });
    // Corrected while the app runs.
    await push({ who: scriptOf({ source: decide('return "pass"'), onError }) });
    await until('a report of nothing', async () => {
      await refusal(() => client.enter('pay'));
      return fake.server.heard.report.at(-1)?.scripts.length === 0;
    });
    expect(await refusal(() => client.enter('pay'))).toBeUndefined();
  });

  it('that throws later goes on with the last good answer to the same inputs', async () => {
    const source = decide(
      'if (call.random > 0.5) throw new Error("no"); return call.user === "eve" ? "block" : "pass"',
    );
    const client = await connected({ who: scriptOf({ source, inputs: ['user'], onError: 'lastGood' }) });
    await answering(() => refusal(() => client.enter('pay', { user: 'eve' })));
    // Whatever chance says from now on.
    for (let n = 0; n < 20; n++) {
      expect(await refusal(() => client.enter('pay', { user: 'eve' }))).toBeDefined();
      expect(await refusal(() => client.enter('pay', { user: 'ann' }))).toBeUndefined();
    }
  });

  it('is switched off when it does not end, again and again, and the report says so', async () => {
    const client = await connected({ who: scriptOf({ source: decide('for(;;);'), timeoutMs: 10 }) });
    const charge = client.protect('pay', async () => 'paid');
    const told = reported('quarantined');
    for (let isTold = false; !isTold; ) {
      expect(await charge()).toBe('paid');
      isTold = await Promise.race([
        told.then(() => true),
        new Promise<false>((go) => setTimeout(go, 5, false)),
      ]);
    }
    expect((await told).scripts).toMatchObject([{ rule: 'gate/who', state: 'quarantined' }]);
  });

  it('that does not compile is reported before anybody calls', async () => {
    await connected({ who: scriptOf({ source: decide('return {;') }) });
    const { scripts } = await reported('failing');
    expect(scripts).toMatchObject([{ rule: 'gate/who', error: expect.stringContaining('line 1') }]);
  });

  it('holds no synchronous call up: its onError rules on those', async () => {
    const client = await connected({ who: scriptOf({ source: decide('return "block"') }) });
    expect(client.protect('pay', () => 'paid')()).toBe('paid');
    await push({ who: scriptOf({ source: decide('return "pass"'), onError: 'block' }) });
    expect(() => client.entry('pay')).toThrow(BlockedError);
  });
});

describe('a script that sets limits', () => {
  const policy = (body: string, more: object = {}): Rule =>
    scriptOf({
      source: `function policy(stats) { ${body} }`,
      role: 'policy',
      everyMs: 100,
      ...more,
    } as unknown as Part);
  const wide = limitOf(1000, { intervalMs: 86_400_000 } as Partial<Rule>);
  /** How many calls a fresh limit lets through now, without any wait. */
  const isLimited = (client: Sluice): boolean => {
    try {
      client.entry('pay').exit();
      return false;
    } catch {
      return true;
    }
  };

  it('rules synchronous calls, and gives the rule its own limit back', async () => {
    const rules = { wide, auto: policy('return { wide: { limit: 0 } }') };
    const client = await connected(rules);
    await until('the limit of the policy', async () => isLimited(client));
    await push({ wide });
    await until('the limit of the rule', async () => !isLimited(client));
  });

  it.each([
    ['turned to monitor', { mode: 'monitor' }],
    ['put off to a later time', { effective: { from: '2999-01-01T00:00:00Z' } }],
  ])('%s sets nothing from the push on, without being asked first', async (_, more) => {
    const client = await connected({ wide, auto: policy('return { wide: { limit: 0 } }') });
    await until('the limit of the policy', async () => isLimited(client));
    await push({ wide, auto: policy('for(;;);', { ...more, timeoutMs: 1000 }) });
    expect(isLimited(client)).toBe(false);
  });

  it.each([
    ['lastGood', false],
    ['block', true],
  ] as const)(
    'switched off, in a rule that is pushed anew, leaves it to onError %s',
    async (onError, isClosed) => {
      const body = `if (stats["stat.revision"] > ${revision + 1}) for (;;); return { wide: { limit: 0 } }`;
      const more = { inputs: ['stat.revision'], timeoutMs: 10, onError };
      const client = await connected({ wide, auto: policy(body, more) });
      await until('the limit of the policy', async () => isLimited(client));
      await push({ wide, auto: policy(body, { ...more, priority: 1 }) });
      await reported('quarantined');
      await push({ wide, auto: policy(body, { ...more, priority: 2 }) });
      expect(isLimited(client)).toBe(isClosed);
      expect(client.guarding().scripts).toMatchObject([{ rule: 'gate/auto', state: 'quarantined' }]);
    },
  );

  it('in monitor mode sets nothing', async () => {
    const rules = {
      wide,
      auto: policy('throw new Error("asked " + (stats["stat.qps"] >= 0))', {
        mode: 'monitor',
        inputs: ['stat.qps'],
      }),
    };
    const client = await connected(rules);
    await reported('failing');
    await push({ wide, auto: policy('return { wide: { limit: 0 } }', { mode: 'monitor' }) });
    await fake.server.hears(
      'report',
      ({ scripts }) => scripts.length === 0 && fake.server.heard.report.length > 1,
    );
    expect(isLimited(client)).toBe(false);
  });
});

describe('a script that answers', () => {
  it('computes what refused callers get, from the call and the refusal', async () => {
    const source =
      'function fallback(call, error) { return { for: call.user, because: error.code, items: [] } }';
    const client = await connected({
      closed: limitOf(1, {
        intervalMs: 86_400_000,
        onBlock: { answer: 'script', ruleId: 'instead' },
      } as Partial<Rule>),
      instead: scriptOf({ source, role: 'fallback', inputs: ['user'] } as Part),
    });
    const list = client.protect('pay', async (): Promise<unknown> => 'all');
    const ask = () => client.inContext({ user: 'ann' }, list);
    expect(await ask()).toBe('all');
    let answer: unknown;
    await answering(async () => {
      const blocked = await refusal(async () => {
        answer = await ask();
      });
      return blocked ? undefined : answer;
    });
    expect(answer).toEqual({ for: 'ann', because: 'limited', items: [] });
    await push({
      closed: limitOf(1, {
        intervalMs: 86_400_000,
        onBlock: { answer: 'script', ruleId: 'instead' },
      } as Partial<Rule>),
      instead: scriptOf({ source: 'function fallback() { throw 1 }', role: 'fallback' } as Part),
    });
    expect((await refusal(ask))?.ruleId).toBe('gate/closed');
  });
});

describe('the process of scripts', () => {
  const options = { clock: systemClock, language: 'en' } as const;
  const around = {
    statsOf: () => ({}),
    ruleOf: () => undefined,
    adjust: () => undefined,
    troubled: () => undefined,
  };
  const rule = scriptOf({ source: decide('return "block"') }) as ScriptRule;
  const compiled = { id: 'gate/who', rule } as CompiledRule<ScriptRule>;
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('is there while there is a script, and ends with the last one and with the client', async () => {
    const loader = new ScriptLoader(around, options);
    loader.load(new Map());
    expect(await loader.decide(compiled, {})).toEqual({ pass: true });
    expect(loader.pids).toEqual([]);
    for (const stop of [() => loader.load(new Map()), () => loader.close()]) {
      loader.load(new Map([['gate/who', rule]]));
      await until('an answer of the script', async () => !(await loader.decide(compiled, {})).pass);
      const pids = [...loader.pids];
      expect(pids.length).toBeGreaterThan(0);
      stop();
      expect(loader.pids).toEqual([]);
      await until('the end of its processes', async () => !pids.some(isAlive));
    }
    loader.load(new Map([['gate/who', rule]]));
    expect(await loader.decide(compiled, {})).toEqual({ pass: true });
    expect(loader.pids).toEqual([]);
  });

  it('remembers when it has ended which scripts were switched off', async () => {
    const loader = new ScriptLoader(around, options);
    const endless = { ...rule, source: decide('for(;;);'), timeoutMs: 10 } as ScriptRule;
    const asked = { id: 'gate/who', rule: endless } as CompiledRule<ScriptRule>;
    const states = () => loader.troubles().map(({ state }) => state);
    loader.load(new Map([['gate/who', endless]]));
    await until('the script is switched off', async () => {
      await loader.decide(asked, {});
      return states()[0] === 'quarantined';
    });
    loader.load(new Map());
    loader.load(new Map([['gate/who', endless]]));
    expect(await loader.decide(asked, {})).toEqual({ pass: true });
    expect([states(), loader.pids]).toEqual([['quarantined'], []]);
    loader.load(new Map([['gate/who', rule]]));
    await until('an answer of the text that is new', async () => !(await loader.decide(compiled, {})).pass);
    expect(states()).toEqual([]);
    loader.close();
  });

  it('that cannot be had leaves each rule to its onError, and says why', async () => {
    const loader = new ScriptLoader(around, { ...options, place: { nodeVersion: '20.19.0' } });
    const closed = { ...rule, onError: 'block' } as ScriptRule;
    loader.load(
      new Map([
        ['gate/who', rule],
        ['gate/closed', closed],
      ]),
    );
    expect(await loader.decide(compiled, {})).toEqual({ pass: true });
    expect(await loader.decide({ ...compiled, id: 'gate/closed', rule: closed }, {})).toEqual({
      pass: false,
    });
    expect(await loader.fallback('gate/who', {}, new Error('x'))).toEqual({ answered: false });
    expect(loader.troubles()).toEqual(
      ['gate/who', 'gate/closed'].map((id) => ({
        rule: id,
        state: 'unavailable',
        error: expect.stringContaining('Node 20.19.0'),
      })),
    );
    loader.close();
  });
});
