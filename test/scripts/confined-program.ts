// Asks a script; started without the right to read what the host needs. Says why there is no answer.
import { failureText, ScriptHost } from '@sluice/scripts';

const host = new ScriptHost();
const source = 'function decide() { return "pass" }';
const version = host.acquire('a', { entry: 'decide', source, timeoutMs: 1000 });
const result = await host.ask(version, '[{},null]');
console.log(result.ok ? result.value : failureText(result.failure, 'en'));
host.close();
