// Says who its children are, then lets one of them hang.
import { setTimeout as wait } from 'node:timers/promises';
import { ScriptHost } from '@sluice/scripts';

const host = new ScriptHost();
const source = 'function decide() { return Array(1e9).fill(0) }';
const version = host.acquire('a', { entry: 'decide', source, timeoutMs: 60_000 });
await host.compiled(version);
while (host.pids.length < 2) await wait(5);
const asked = host.ask(version, '[{},null]');
setImmediate(() => console.log(...host.pids));
await asked;
