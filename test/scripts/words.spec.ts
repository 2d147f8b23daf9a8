import { afterAll, describe, expect, it } from '@jest/globals';
import { check, failureText, ScriptHost, type ScriptSource, tryOut } from '@sluice/scripts';

const host = new ScriptHost({ spare: false });
afterAll(() => host.close());

const places = (source: string) => check(host, source, 'decide');
const run = (entry: ScriptSource['entry'], source: string) =>
  tryOut(host, { entry, source, timeoutMs: 1000 }, { values: {}, now: 0, random: 0 });

describe('where a source does not parse', () => {
  it.each([
    ['a bracket that is missing', 'function decide() {', 'Unexpected end of input', 1, 20],
    ['one above empty lines', 'function decide() {\n  return 1;\n\n\n', 'Unexpected end of input', 2, 12],
    ['a bracket too many', 'function decide() {\n}\n}\n', "Unexpected token '}'", 3, 1],
    ['a text without end', 'function decide() {\n return `a', 'Unexpected end of input', 2, 11],
    ['beside a return', 'if (0) return;\nfunction decide() {', undefined, 2, 20],
    ['behind a byte order mark', '\uFEFFfunction decide() { return {; }', "Unexpected token ';'", 1, 30],
    [
      'behind other scripts',
      'function decide() {\n const 限 = "😀"; return {;\n}',
      "Unexpected token ';'",
      2,
      26,
    ],
    ['in lines of Windows', 'function decide() {\r\n return {;\r\n}', "Unexpected token ';'", 2, 10],
    ['a pattern that names a place', 'let a = /script:7:9(/;', undefined, 1, 9],
  ])('is told within it: %s', async (_, source, reason, line, column) => {
    expect(await places(source)).toMatchObject({
      code: 'compile',
      line,
      column,
      ...(reason && { params: { reason } }),
    });
  });
});

describe('where a script threw', () => {
  it.each([
    ['a built-in', 'JSON.parse("{")', 18],
    ['the clock that it has not', 'Date.now()', 18],
    ['a date of now', 'new Date()', 13],
    ['the chance that it has not', 'Math.random()', 18],
    ['a call of a built-in', '[].reduce((a) => a)', 16],
    ['with a long message', '(() => { throw new Error("x".repeat(5000)) })()', 28],
    ['with a message that names a place', '(() => { throw new Error("<anonymous>:7:9") })()', 28],
    ['in a function of its own', '[1].map(() => null.x)', 32],
  ])('is told for %s', async (_, expression, column) => {
    const source = `// its first line\nfunction decide(call) {\n  const v = ${expression};\n  return v }`;
    expect(await run('decide', source)).toMatchObject({ failure: { code: 'threw', line: 3, column } });
  });

  it('is told when it is loaded, too', async () => {
    const found = await places('function decide() {}\n\nJSON.parse("{")');
    expect(found).toMatchObject({ code: 'compile', line: 3, column: 6 });
  });
});

describe('a function that does not answer at once', () => {
  it.each([
    ['policy', 'async function policy() { return { a: { limit: 5 } } }'],
    ['fallback', 'async function fallback() { return { items: [] } }'],
    ['fallback', 'function* fallback() { yield 1 }'],
    ['decide', 'const decide = async () => "pass"'],
  ] as const)('is refused: %s, %s', async (entry, source) => {
    const found = await check(host, source, entry);
    expect(found).toMatchObject({ code: 'compile' });
    expect(failureText(found!, 'en')).toContain('async');
    expect(failureText(found!, 'zh')).toContain('必须立即返回结果');
  });

  it('is none whose answer is a promise', async () => {
    for (const entry of ['policy', 'fallback'] as const) {
      const tried = await run(entry, `function ${entry}() { return Promise.resolve({}) }`);
      expect(tried).toMatchObject({ ok: false, failure: { code: 'bad_result' } });
    }
  });
});

describe('an answer that is none', () => {
  it.each([
    ['decide', '5', '"pass", "block" or { block', '应为 "pass"'],
    ['policy', '5', '{ rule: { limit } }', '应为 { 规则: { limit } }'],
    ['fallback', 'Array(40).fill().reduce((a) => [a], 1)', 'at most 32 deep', '嵌套最多 32 层'],
    ['decide', 'undefined', 'nothing', '没有返回值'],
    ['fallback', '"x".repeat(70000)', '65,536', '返回内容过长'],
    ['fallback', 'Promise.resolve(1)', 'a promise', 'Promise'],
  ] as const)('is told what it has to be, in both languages: %s %s', async (entry, answer, en, zh) => {
    const tried = await run(entry, `function ${entry}() { return ${answer} }`);
    if (tried.ok) throw new Error('it was taken');
    expect(tried.failure.code).toBe('bad_result');
    expect(failureText(tried.failure, 'en')).toContain(en);
    expect(failureText(tried.failure, 'zh')).toContain(zh);
    expect(failureText(tried.failure, 'zh')).not.toContain('it has to');
  });
});
