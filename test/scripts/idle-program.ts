// Asks a script once and then has nothing more to do; says the answer and who its children are.
import { ScriptHost } from '@sluice/scripts';

const host = new ScriptHost();
const version = host.acquire('a', {
  entry: 'decide',
  source: 'function decide() { return "pass" }',
  timeoutMs: 60_000, // a timer for this call that outlived it would keep the process here
});
await host.compiled(version);
const result = await host.ask(version, '[{},null]');
console.log(result.ok ? result.value : result.failure.code, ...host.pids);
