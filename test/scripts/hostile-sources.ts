/** One hostile body of `decide`, and the words that it may come to. */
export type Hostile = readonly [name: string, body: string, ends: readonly string[]];

const stopped = ['timeout', 'killed'];
const outOfMemory = ['memory', 'killed', 'timeout', 'threw'];

/** What hangs or ends an isolate's own process when it is not held apart. */
export const hangs: readonly Hostile[] = [
  ['E1 a loop', 'for(;;);', stopped],
  ['E1 a loop in finally', 'for(;;) try { for(;;); } finally { continue; }', stopped],
  ['E1 a slow pattern', 'return /^(a+)+$/.test("a".repeat(40) + "b") ? "pass" : "block"', stopped],
  ['E1 a thrown object with a looping message', 'throw { get message() { for(;;); } }', stopped],
  [
    'E1 a thrown object whose message loops as text',
    'throw { message: { toString() { for(;;); } } }',
    stopped,
  ],
  [
    'E1 an error with a looping stack',
    'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for(;;); } }); throw e',
    stopped,
  ],
  ['E1 a result with a looping getter', 'return { get a() { for(;;); } }', stopped],
  ['E16 a result with a looping toJSON', 'return { toJSON() { for(;;); } }', stopped],
  ['E16 a looping proxy as result', 'return new Proxy({}, { ownKeys() { for(;;); } })', stopped],
  [
    'E16 a looping proxy as error',
    'throw new Proxy({}, { getPrototypeOf() { for(;;); }, get() { for(;;); } })',
    stopped,
  ],
  [
    'E1 promises that go on for ever',
    'const again = () => Promise.resolve().then(again); again(); return "pass"',
    [...stopped, 'memory'],
  ],
  ['E1 a microtask that loops', 'Promise.resolve().then(() => { for(;;); }); return "pass"', stopped],
  [
    'E1 a microtask that comes back, and a loop',
    'const again = () => Promise.resolve().then(again); again(); for(;;);',
    [...stopped, 'memory'],
  ],
  [
    'E1 a rejection that loops when it is read',
    'Promise.reject({ get message() { for(;;); } }); return "pass"',
    stopped,
  ],
  ['E1 an array of 1e9', 'return Array(1e9).fill(0)', outOfMemory],
  ['E1 pushes without end', 'const a = []; for(;;) a.push(a.length, "x")', outOfMemory],
  ['E1 a text that doubles', 'let s = "x"; for(;;) s += s + s.slice(1)', outOfMemory],
  ['E1 buffers without end', 'const a = []; for(;;) a.push(new Uint8Array(1 << 20).fill(1))', outOfMemory],
  [
    'E1 a huge number',
    'let n = 2n ** 30000000n; n = n * n; n = n * n; return String(n).length > 1 ? "pass" : "block"',
    outOfMemory,
  ],
  [
    'E1 a sort of millions',
    'return Array.from({ length: 3e6 }, (_, i) => -i).sort((a, b) => a - b).length ? "pass" : "block"',
    outOfMemory,
  ],
  [
    'E1 an async function that never ends',
    'const go = async () => { for (;;) await 0; }; go(); return "pass"',
    stopped,
  ],
  [
    'E16 a list whose length loops',
    'return new Proxy([], { get(list, key) { if (key === "length") for(;;); return list[key]; } })',
    stopped,
  ],
  ['E16 a prototype whose getter loops', 'return [{ __proto__: { get toJSON() { for(;;); } } }]', stopped],
  [
    'E16 a message that loops as a primitive',
    'throw { message: { [Symbol.toPrimitive]() { for(;;); } } }',
    stopped,
  ],
  ['E1 an endless generator', 'return [...(function*() { for(;;) yield 1; })()]', outOfMemory],
];

/** What is answered or thrown in odd shapes: nothing of it may be more than text. */
export const oddResults: readonly Hostile[] = [
  ['E7 a proxy', 'return new Proxy({ a: 1 }, {})', ['{"a":1}']],
  ['E7 a thenable', 'return { then() { for(;;); } }', ['{}']],
  ['E7 a promise', 'return Promise.resolve("pass")', ['bad_result']],
  ['E7 a rejected promise', 'Promise.reject(new Error("no")); return "pass"', ['threw']],
  [
    'E7 a rejection that pretends to be late',
    'Promise.reject(new Error("Script execution timed out.")); return 1',
    ['threw', 'timeout'],
  ],
  ['E7 a big integer', 'return 1n', ['threw']],
  ['E7 not a number', 'return NaN', ['null']],
  ['E7 minus zero', 'return -0', ['0']],
  ['E7 a function', 'return () => 1', ['bad_result']],
  ['E7 a symbol', 'return Symbol("x")', ['bad_result']],
  ['E7 nothing', 'return', ['bad_result']],
  ['E7 a date', 'return new Date(0)', ['1970-01-01T00:00:00.000Z']],
  ['E7 a class', 'return class A {}', ['bad_result']],
  ['E7 a text of a megabyte', 'return "x".repeat(1 << 20)', ['bad_result']],
  [
    'E7 something 1e5 deep',
    'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a',
    ['threw', 'memory'],
  ],
  ['E7 a circle', 'const a = {}; a.a = a; return a', ['threw']],
  ['E7 array holes', 'return [, 1]', ['[null,1]']],
  [
    'E7 a key that is a prototype',
    'return JSON.parse(\'{"__proto__":{"pass":1}}\')',
    ['{"__proto__":{"pass":1}}'],
  ],
  ['E7 a toJSON that lies', 'return { toJSON() { return "pass" } }', ['pass']],
  [
    'E18 a getter that shrinks a buffer',
    'const b = new ArrayBuffer(8, { maxByteLength: 64 }); const u = new Uint8Array(b); return { get a() { b.resize(0); return 1 }, u }',
    ['{"a":1,"u":{}}'],
  ],
  [
    'E18 a getter that detaches a buffer',
    'const b = new ArrayBuffer(8); const u = new Uint8Array(b); return { get a() { b.transfer(); return u.length }, u }',
    ['{"a":0,"u":{}}'],
  ],
  ['E6 a thrown proxy', 'throw new Proxy({}, {})', ['threw']],
  [
    'E6 a revoked proxy',
    'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy',
    ['threw'],
  ],
  ['E6 a thrown symbol', 'throw Symbol("x")', ['threw']],
  ['E6 a thrown null', 'throw null', ['threw']],
  ['E6 a thrown function', 'throw () => 1', ['threw']],
  ['E6 a frozen error', 'throw Object.freeze(new Error("cold"))', ['threw']],
  ['E5 an endless recursion', 'const f = () => f() + 1; return f()', ['threw']],
  [
    'E5 an error that recurses when it is read',
    'throw { get message() { const f = () => f() + 1; return f() } }',
    ['threw'],
  ],
  ['E6 control characters', 'throw new Error("\\u001b[2J\\n\\u0007boo")', ['threw']],
];

/** Ways to something outside. Each tells what it got, and it may get nothing. */
export const escapes: readonly (readonly [name: string, body: string])[] = [
  ['E2 the constructor of functions', 'return this.constructor.constructor("return process")()'],
  [
    'E3 the constructor of functions, from the input',
    'return call.constructor.constructor("return process")()',
  ],
  [
    'E3 the same, from a nested input',
    'return call.a.constructor.constructor("return process.mainModule")()',
  ],
  [
    'E3 the same, from an error',
    'try { null.x } catch (e) { return e.constructor.constructor("return process")() }',
  ],
  [
    'E5 the same, from a stack overflow',
    'const f = () => f(); try { f() } catch (e) { return e.constructor.constructor("return require")() }',
  ],
  ['E3 the same, from a hole of an array', 'return [,].map.constructor("return process")()'],
  [
    'E3 async functions',
    'return (async () => {}).constructor("return process")().then.constructor("return process.env")()',
  ],
  ['E3 generators', 'return (function*() {}).constructor("return process")().next()'],
  [
    'E4 call sites',
    'Error.prepareStackTrace = (_, s) => s; return new Error().stack[0].getThis().process.pid',
  ],
  [
    'E4 call sites, captured',
    'const o = {}; Error.captureStackTrace(o); return o.stack[0].getFunction()("1")',
  ],
  ['E9 eval', 'return eval("process")'],
  ['E9 require', 'return require("fs")'],
  ['E9 process', 'return process.env'],
  ['E12 a timer', 'return setTimeout(() => 1, 1)'],
  ['E9 a fetch', 'return fetch("http://127.0.0.1:1")'],
  ['E10 WebAssembly', 'return new WebAssembly.Memory({ initial: 4096 }).buffer.byteLength'],
  ['E11 shared memory', 'return new SharedArrayBuffer(8).byteLength'],
  ['E11 waiting', 'return Atomics.wait(new Int32Array(8), 0, 0)'],
  ['E9 weak references', 'return new WeakRef({}).deref()'],
  ['E17 the wrapper itself', 'return __run("[]") || __compile("") || __seal()'],
  ['E17 the caller', 'return decide.caller(1)'],
  ['E17 the caller of the caller', 'return arguments.callee.caller'],
];
