import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { type BootedApp, type BootOptions, bootApp } from './boot-app.ts';
import { type Postgres, startPostgres } from './databases.ts';

export type Boot = (options?: BootOptions) => Promise<BootedApp>;

/** Runs the same tests on SQLite and on a real PostgreSQL. Every server that `boot` starts ends with its test. */
export function onEachDatabase(name: string, tests: (boot: Boot) => void): void {
  describe.each(['sqlite', 'postgres'] as const)(`${name} on %s`, (dialect) => {
    let postgres: Postgres | undefined;
    const booted: BootedApp[] = [];
    beforeAll(async () => {
      if (dialect === 'postgres') postgres = await startPostgres();
    });
    afterEach(async () => {
      for (const app of booted.splice(0)) await app.close();
    });
    afterAll(() => postgres?.stop());
    tests(async (options = {}) => {
      const databaseUrl = options.databaseUrl ?? (await postgres?.createDatabase());
      const app = await bootApp({ ...options, ...(databaseUrl && { databaseUrl }) });
      booted.push(app);
      return app;
    });
  });
}
