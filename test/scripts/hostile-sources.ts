/** One hostile body of `decide`, and the words that it may come to. */
export type Hostile = readonly [name: string, body: string, ends: readonly string[]];

const stopped = ['timeout', 'killed'];
const outOfMemory = ['memory', 'killed', 'timeout', 'threw'];

/** What hangs or ends an isolate's own process when it is not held apart. */
export const hangs: readonly Hostile[] = [
  ['a loop', 'for(;;);', stopped],
  ['a loop in finally', 'for(;;) try { for(;;); } finally { continue; }', stopped],
  ['a slow pattern', 'return /^(a+)+$/.test("a".repeat(40) + "b") ? "pass" : "block"', stopped],
  ['a thrown object with a looping message', 'throw { get message() { for(;;); } }', stopped],
  ['a thrown object whose message loops as text', 'throw { message: { toString() { for(;;); } } }', stopped],
  [
    'an error with a looping stack',
    'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for(;;); } }); throw e',
    stopped,
  ],
  ['a result with a looping getter', 'return { get a() { for(;;); } }', stopped],
  ['a result with a looping toJSON', 'return { toJSON() { for(;;); } }', stopped],
  ['a looping proxy as result', 'return new Proxy({}, { ownKeys() { for(;;); } })', stopped],
  [
    'a looping proxy as error',
    'throw new Proxy({}, { getPrototypeOf() { for(;;); }, get() { for(;;); } })',
    stopped,
  ],
  [
    'promises that go on for ever',
    'const again = () => Promise.resolve().then(again); again(); return "pass"',
    stopped,
  ],
  ['a microtask that loops', 'Promise.resolve().then(() => { for(;;); }); return "pass"', stopped],
  [
    'a microtask that comes back, and a loop',
    'const again = () => Promise.resolve().then(again); again(); for(;;);',
    stopped,
  ],
  [
    'a rejection that loops when it is read',
    'Promise.reject({ get message() { for(;;); } }); return "pass"',
    stopped,
  ],
  ['an array of 1e9', 'return Array(1e9).fill(0)', outOfMemory],
  ['pushes without end', 'const a = []; for(;;) a.push(a.length, "x")', outOfMemory],
  ['a text that doubles', 'let s = "x"; for(;;) s += s + s.slice(1)', outOfMemory],
  ['buffers without end', 'const a = []; for(;;) a.push(new Uint8Array(1 << 20).fill(1))', outOfMemory],
  [
    'a huge number',
    'let n = 2n ** 30000000n; n = n * n; n = n * n; return String(n).length > 1 ? "pass" : "block"',
    outOfMemory,
  ],
  [
    'a sort of millions',
    'return Array.from({ length: 3e6 }, (_, i) => -i).sort((a, b) => a - b).length ? "pass" : "block"',
    outOfMemory,
  ],
  ['an endless generator', 'return [...(function*() { for(;;) yield 1; })()]', outOfMemory],
];

/** What is answered or thrown in odd shapes: nothing of it may be more than text. */
export const oddResults: readonly Hostile[] = [
  ['a proxy', 'return new Proxy({ a: 1 }, {})', ['{"a":1}']],
  ['a thenable', 'return { then() { for(;;); } }', ['{}']],
  ['a promise', 'return Promise.resolve("pass")', ['{}']],
  ['a rejected promise', 'Promise.reject(new Error("no")); return "pass"', ['threw']],
  [
    'a rejection that pretends to be late',
    'Promise.reject(new Error("Script execution timed out.")); return 1',
    ['threw', 'timeout'],
  ],
  ['a big integer', 'return 1n', ['threw']],
  ['not a number', 'return NaN', ['null']],
  ['minus zero', 'return -0', ['0']],
  ['a function', 'return () => 1', ['bad_result']],
  ['a symbol', 'return Symbol("x")', ['bad_result']],
  ['nothing', 'return', ['bad_result']],
  ['a date', 'return new Date(0)', ['1970-01-01T00:00:00.000Z']],
  ['a class', 'return class A {}', ['bad_result']],
  ['a text of a megabyte', 'return "x".repeat(1 << 20)', ['bad_result']],
  ['something 1e5 deep', 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a', ['threw', 'memory']],
  ['a circle', 'const a = {}; a.a = a; return a', ['threw']],
  ['array holes', 'return [, 1]', ['[null,1]']],
  [
    'a key that is a prototype',
    'return JSON.parse(\'{"__proto__":{"pass":1}}\')',
    ['{"__proto__":{"pass":1}}'],
  ],
  ['a toJSON that lies', 'return { toJSON() { return "pass" } }', ['pass']],
  [
    'a getter that shrinks a buffer',
    'const b = new ArrayBuffer(8, { maxByteLength: 64 }); const u = new Uint8Array(b); return { get a() { b.resize(0); return 1 }, u }',
    ['{"a":1,"u":{}}'],
  ],
  [
    'a getter that detaches a buffer',
    'const b = new ArrayBuffer(8); const u = new Uint8Array(b); return { get a() { b.transfer(); return u.length }, u }',
    ['{"a":0,"u":{}}'],
  ],
  ['a thrown proxy', 'throw new Proxy({}, {})', ['threw']],
  ['a revoked proxy', 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy', ['threw']],
  ['a thrown symbol', 'throw Symbol("x")', ['threw']],
  ['a thrown null', 'throw null', ['threw']],
  ['a thrown function', 'throw () => 1', ['threw']],
  ['a frozen error', 'throw Object.freeze(new Error("cold"))', ['threw']],
  ['an endless recursion', 'const f = () => f() + 1; return f()', ['threw']],
  [
    'an error that recurses when it is read',
    'throw { get message() { const f = () => f() + 1; return f() } }',
    ['threw'],
  ],
  ['control characters', 'throw new Error("\\u001b[2J\\n\\u0007boo")', ['threw']],
];

/** Ways to something outside. Each tells what it got, and it may get nothing. */
export const escapes: readonly (readonly [name: string, body: string])[] = [
  ['the constructor of functions', 'return this.constructor.constructor("return process")()'],
  ['the constructor of functions, from the input', 'return call.constructor.constructor("return process")()'],
  ['the same, from a nested input', 'return call.a.constructor.constructor("return process.mainModule")()'],
  [
    'the same, from an error',
    'try { null.x } catch (e) { return e.constructor.constructor("return process")() }',
  ],
  [
    'the same, from a stack overflow',
    'const f = () => f(); try { f() } catch (e) { return e.constructor.constructor("return require")() }',
  ],
  ['the same, from a hole of an array', 'return [,].map.constructor("return process")()'],
  [
    'async functions',
    'return (async () => {}).constructor("return process")().then.constructor("return process.env")()',
  ],
  ['generators', 'return (function*() {}).constructor("return process")().next()'],
  ['call sites', 'Error.prepareStackTrace = (_, s) => s; return new Error().stack[0].getThis().process.pid'],
  ['call sites, captured', 'const o = {}; Error.captureStackTrace(o); return o.stack[0].getFunction()("1")'],
  ['eval', 'return eval("process")'],
  ['require', 'return require("fs")'],
  ['process', 'return process.env'],
  ['a timer', 'return setTimeout(() => 1, 1)'],
  ['a fetch', 'return fetch("http://127.0.0.1:1")'],
  ['WebAssembly', 'return new WebAssembly.Memory({ initial: 4096 }).buffer.byteLength'],
  ['shared memory', 'return new SharedArrayBuffer(8).byteLength'],
  ['waiting', 'return Atomics.wait(new Int32Array(8), 0, 0)'],
  ['weak references', 'return new WeakRef({}).deref()'],
  ['the wrapper itself', 'return __run("[]") || __compile("") || __seal()'],
  ['the caller', 'return decide.caller(1)'],
  ['the caller of the caller', 'return arguments.callee.caller'],
];
