// Goes on asking a script for a while after it was told to end; says who its children are, then what came of it.
import { setTimeout as wait } from 'node:timers/promises';
import { ScriptHost } from '@sluice/scripts';

const host = new ScriptHost();
const source = 'function decide() { return "pass" }';
const version = host.acquire('a', { entry: 'decide', source, timeoutMs: 1000 });
await host.compiled(version);
await host.ask(version, '[{},null]');
while (host.pids.length < 2) await wait(5);
const pids = host.pids.join(' ');
const held = setInterval(() => undefined, 1000);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.once(signal, async () => {
    const words = new Set<string>();
    for (let n = 0; n < 50; n++) {
      const result = await host.ask(version, '[{},null]');
      words.add(result.ok ? String(result.value) : result.failure.code);
      await wait(2);
    }
    console.log(...words, host.pids.join(' ') === pids ? 'same' : 'others');
    clearInterval(held);
  });
console.log(pids);
