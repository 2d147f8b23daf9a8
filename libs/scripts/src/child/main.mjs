// The program of the script host: started by its parent with hardly any rights, speaks frames over its pipes, and
// is killed without a second thought. Answers come in the order of the calls.
import { createRequire } from 'node:module';
import { collectIfDue } from './collect.mjs';
import { Compartment } from './compartment.mjs';
import { mark, patience, wasHeldUp } from './pace.mjs';
import { readFrames, writeFrame } from './pipe.mjs';

process.env.TZ = 'UTC'; // the same dates on every machine

// Terminals and service managers tell all processes to end. Its parent may have calls to finish, and where the system
// sees to it that this process ends with its parent, nobody else has to.
if (process.argv[3] === 'bound')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const compartments = new Map();
let ready = [];

function flush() {
  if (ready.length === 0) return;
  writeFrame(ready);
  ready = [];
  collectIfDue();
}

function say(message) {
  ready.push(message);
}

function load({ v, entry, source }) {
  flush();
  const compartment = new Compartment(ivm, entry, source);
  const problem = compartment.build(() => sayAgain(v, patience));
  if (!problem) compartments.set(v, compartment);
  say({ t: 'loaded', v, ...(problem && { problem }) });
}

function unload({ v }) {
  compartments.get(v)?.dispose();
  compartments.delete(v);
}

/** After a fault its isolate is not to be used again. The answer goes out first, the fresh isolate is told of. */
function startAnew(v, compartment) {
  flush();
  compartment.build(() => sayAgain(v, patience));
  say({ t: 'loaded', v });
  flush();
}

/** What is at the head is done once more, so its time begins anew. The parent allows this twice. */
function sayAgain(v, patience) {
  say({ t: 'again', v, patience });
  flush();
}

/** For a call that may take long, so that nothing which is already known waits for it. */
function runAlone(v, compartment, call, timeoutMs) {
  flush();
  mark();
  let result = compartment.run([call], timeoutMs);
  if (result.fault === 'timeout' && wasHeldUp(timeoutMs)) {
    sayAgain(v, patience);
    compartment.build();
    const again = compartment.run([call], timeoutMs * patience);
    result = { ...again, cpuMs: again.cpuMs + result.cpuMs };
  }
  const { out, fault, cpuMs } = result;
  if (out !== undefined) say({ t: 'out', v, n: 1, out, cpuMs });
  else {
    say({ t: 'fault', v, fault, cpuMs });
    startAnew(v, compartment);
  }
}

function run({ v, timeoutMs, calls }) {
  const compartment = compartments.get(v);
  if (!compartment) {
    for (let n = 0; n < calls.length; n++) say({ t: 'fault', v, fault: 'absent', cpuMs: 0 });
    return;
  }
  for (let at = 0; at < calls.length; ) {
    const chunk = calls.slice(at, at + compartment.chunkFor(timeoutMs));
    at += chunk.length;
    if (chunk.length === 1) runAlone(v, compartment, chunk[0], timeoutMs);
    else runTogether(v, compartment, chunk, timeoutMs);
  }
}

function runTogether(v, compartment, calls, timeoutMs) {
  flush(); // what is known waits for nothing that may hang, and the call that is waited for is one of these
  const { out, cpuMs } = compartment.run(calls, timeoutMs);
  if (out !== undefined) {
    say({ t: 'out', v, n: calls.length, out, cpuMs });
    return;
  }
  // Scripts are functions of their input, so one of many that failed is found by asking each by itself.
  sayAgain(v, 1);
  compartment.build();
  for (const call of calls) runAlone(v, compartment, call, timeoutMs);
}

const handlers = { load, unload, run };
let ivm;
try {
  ivm = createRequire(import.meta.url)(process.argv[2]);
  readFrames((messages) => {
    for (const message of messages) handlers[message.t](message);
    flush();
  });
  say({ t: 'ready', node: process.versions.node });
} catch (error) {
  say({ t: 'cannot', reason: String(error?.message).slice(0, 300) });
}
flush();
