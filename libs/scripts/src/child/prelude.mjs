/**
 * The first code in every isolate, handed over as text. Builds the two functions that the outside may call, takes
 * away what would make an answer depend on anything but its input, then freezes all that is left.
 *
 * Whatever a script makes (a result, a thrown value) is turned into text in here, while the clock of the call is
 * running: its getters, `toJSON` and `toString` may loop for ever, and outside nothing could stop them.
 * Sources are compiled by the constructor of functions, never joined to other code, so that no closing bracket
 * leads out of them; and they are run anew for each call, so that no variable lives from one call to the next.
 */
function installPrelude(most) {
  const { parse, stringify } = JSON;
  const [text, CompiledFunction, RealPromise, define] = [String, Function, Promise, Object.defineProperty];
  const { freeze, getPrototypeOf, getOwnPropertyDescriptors } = Object;
  const plainFunction = Function.prototype;
  const { apply, construct, ownKeys } = Reflect;
  const { exec } = RegExp.prototype;
  const sliceText = String.prototype.slice;
  /** Lines that stand before the source in what the constructor of functions makes of it. */
  const linesBefore = 3;

  const forbidden = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry', 'WeakRef'];
  for (const name of [...forbidden, 'Intl', 'console', 'eval']) delete globalThis[name];
  // What the last match left behind would tell a call about the one before.
  for (const name of ownKeys(RegExp))
    if (typeof name === 'string' && /^(\$.|input|lastMatch|lastParen|leftContext|rightContext)$/.test(name))
      delete RegExp[name];
  define(Error, 'prepareStackTrace', { value: undefined, writable: false, configurable: false });
  // What a built-in throws was called from somewhere.
  define(Error, 'stackTraceLimit', { value: 10, writable: false, configurable: false });

  const RealDate = Date;
  const noClock = () => {
    throw new TypeError('a script has no clock of its own: use now of its input');
  };
  function ToldDate(...parts) {
    if (!new.target || parts.length === 0) noClock();
    return construct(RealDate, parts, new.target);
  }
  define(ToldDate, 'name', { value: 'Date' });
  define(ToldDate, 'length', { value: 7 });
  define(ToldDate, 'prototype', { value: RealDate.prototype });
  define(RealDate.prototype, 'constructor', { value: ToldDate });
  for (const name of ['parse', 'UTC']) define(ToldDate, name, { value: RealDate[name] });
  define(ToldDate, 'now', { value: noClock });
  define(globalThis, 'Date', { value: ToldDate });
  define(Math, 'random', {
    value: () => {
      throw new TypeError('a script has no chance of its own: use random of its input');
    },
  });

  const notAsync = 'its function is async or a generator, and it has to answer at once';
  let guest;
  const clip = (words) => apply(sliceText, words, [0, 300]);

  /** `[0, message, line, column]`: what was thrown, as text. */
  const failed = (thrown) => {
    try {
      const message = stringify(clip(text(thrown?.message ?? thrown)));
      // Its message stands before its places, and may be long.
      const stack = thrown instanceof Error ? apply(sliceText, text(thrown.stack), [-2000]) : '';
      const place = apply(exec, /\n {4}at .*<anonymous>:(\d{1,6}):(\d{1,6})/, [stack]);
      const at = place ? `,${+place[1] - linesBefore},${+place[2]}` : '';
      return `[0,${message}${at}]`;
    } catch {
      return '[0,"an error that cannot be shown"]';
    }
  };

  /** `[1, result]`, or `[2, why]` when it isn't data. */
  const answer = ([input, second]) => {
    try {
      const result = guest(input, second);
      if (result instanceof RealPromise) return '[2,"promise"]';
      const out = stringify(result);
      if (typeof out !== 'string') return '[2,"nothing"]';
      if (out.length > most) return '[2,"size"]';
      return `[1,${out}]`;
    } catch (error) {
      return failed(error);
    }
  };

  const compile = (source, entry) => {
    try {
      const lead = `"use strict";\n${source}\n;`;
      const found = CompiledFunction(
        `${lead}return typeof ${entry} === 'function' ? ${entry} : undefined;`,
      )();
      if (typeof found !== 'function') return '[2,"entry"]';
      if (getPrototypeOf(found) !== plainFunction) return `[0,"${notAsync}",0,0]`;
      guest = CompiledFunction(`${lead}return ${entry}(arguments[0], arguments[1]);`);
      return '[1,null]';
    } catch (error) {
      return failed(error);
    }
  };

  const run = (calls) => {
    let out = '';
    for (const call of parse(calls)) out += `${out === '' ? '' : ','}${answer(call)}`;
    return `[${out}]`;
  };

  const seen = new Set();
  const harden = (start) => {
    const queue = [start];
    for (let at = 0; at < queue.length; at++) {
      const found = queue[at];
      if (found === null || (typeof found !== 'object' && typeof found !== 'function') || seen.has(found))
        continue;
      seen.add(found);
      const properties = getOwnPropertyDescriptors(found);
      for (const key of ownKeys(properties)) {
        const { value, get, set } = properties[key];
        queue.push(value, get, set);
      }
      queue.push(getPrototypeOf(found));
      freeze(found);
    }
  };
  const seal = () => {
    for (const name of ['__compile', '__run', '__seal']) delete globalThis[name];
    // Intrinsics that no global leads to.
    harden([
      [][Symbol.iterator](),
      ''[Symbol.iterator](),
      new Map().entries(),
      new Set().values(),
      ''.matchAll(/./g),
      Iterator.from({ next() {} }),
      [].values().map((one) => one),
      function* () {},
      async () => {},
      async function* () {},
    ]);
    harden(globalThis);
  };
  for (const [name, value] of [
    ['__compile', compile],
    ['__run', run],
    ['__seal', seal],
  ])
    define(globalThis, name, { value, configurable: true });
}

/** The code for isolates whose answers may have up to `mostLength` characters each. */
export const preludeFor = (mostLength) => `(${installPrelude})(${mostLength});`;
