// Runs short of file descriptors when its first script comes, and again when its children end; says what came of it.
import { closeSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { ScriptHost } from '@sluice/scripts';

const taken: number[] = [];
function takeAll(): void {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    console.log((error as NodeJS.ErrnoException).code);
  }
}
const giveBack = (): void => taken.splice(0).forEach(closeSync);

takeAll();
let killed = 0;
const host = new ScriptHost({ onEvent: ({ type }) => void (type === 'killed' && killed++) });
const source = 'function decide() { return "pass" }';
const version = host.acquire('a', { entry: 'decide', source, timeoutMs: 1000 });
const said = async (): Promise<string> => {
  const result = await host.ask(version, '[{},null]');
  return result.ok ? String(result.value) : result.failure.code;
};
async function saysUntilAnswered(): Promise<string> {
  const words = new Set<string>();
  for (const untilMs = performance.now() + 30_000; performance.now() < untilMs && !words.has('pass'); ) {
    words.add(await said());
    await wait(20);
  }
  return [...words].join(' ');
}
console.log(await said());
giveBack();
console.log(await saysUntilAnswered());
while (host.pids.length < 2) await wait(5);
takeAll();
for (const pid of host.pids) process.kill(pid, 'SIGKILL');
while (killed < 2) await wait(5);
console.log(await said());
giveBack();
console.log(await saysUntilAnswered());
host.close();
