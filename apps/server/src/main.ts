import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createApp } from './create-app.ts';
import { EnvError, readEnv } from './env/env.ts';

try {
  const env = readEnv(process.env);
  mkdirSync(env.dataDir, { recursive: true, mode: 0o700 });
  const app = await createApp(env);
  app.enableShutdownHooks();
  await app.listen(env.port, env.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = env.host.includes(':') ? `[${env.host}]` : env.host;
  process.stdout.write(`Sluice ${env.version} listens on http://${host}:${port}\n`);
  process.send?.({ ready: true, port });
} catch (error) {
  process.stderr.write(
    error instanceof EnvError
      ? `${error.message}\n`
      : `Sluice could not start: ${(error as Error).stack ?? error}\n`,
  );
  process.exit(1);
}
