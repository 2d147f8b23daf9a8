import { parseArgs } from 'node:util';
import { app } from './app.ts';
import { coldstart } from './coldstart.ts';
import { console as consoleBench } from './console.ts';
import { fanout } from './fanout.ts';
import { growth } from './growth.ts';
import { guard } from './guard.ts';
import { read } from './read.ts';
import { report } from './report.ts';
import { reports } from './reports.ts';
import { script } from './script.ts';
import { stopped } from './stopped.ts';
import { store } from './store.ts';
import { storm } from './storm.ts';

const benches = {
  guard,
  app,
  fanout,
  read,
  store,
  growth,
  storm,
  stopped,
  reports,
  coldstart,
  script,
  console: consoleBench,
} as const;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { instances: { type: 'string' }, rounds: { type: 'string' } },
});
const name = positionals[0] ?? '';
if (!Object.hasOwn(benches, name)) {
  console.error(
    `Which benchmark? One of: ${Object.keys(benches).join(', ')}. Options: --instances n, --rounds n.`,
  );
  process.exit(2);
}
const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
const options = { instances: number(values.instances), rounds: number(values.rounds) };
report(name, await benches[name as keyof typeof benches](options));
process.exit(0);
