import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { languageOf } from '@sluice/core';
import { SetupToken } from './access/setup-token.ts';
import { createApp } from './create-app.ts';
import { type Env, readEnv } from './env/env.ts';
import { startFailure } from './env/start-failure.ts';

let env: Env | undefined;
try {
  env = readEnv(process.env);
  mkdirSync(env.dataDir, { recursive: true, mode: 0o700 });
  const app = await createApp(env);
  app.enableShutdownHooks();
  await app.listen(env.port, env.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = env.host.includes(':') ? `[${env.host}]` : env.host;
  process.stdout.write(`Sluice ${env.version} listens on http://${host}:${port}\n`);
  const local = /^(0\.0\.0\.0|\[::\])$/.test(host) ? '127.0.0.1' : host;
  app.get(SetupToken).announceAt(`http://${local}:${port}`, (link) => {
    process.stdout.write(
      `Nobody can sign in yet. Open this link on this machine within 15 minutes and create the administrator.\n` +
        `还没有任何账号。请在本机 15 分钟内打开此链接，创建管理员。\n  ${link}\n`,
    );
  });
  process.send?.({ ready: true, port });
} catch (error) {
  process.stderr.write(startFailure(error, env, languageOf(process.env)));
  process.exit(1);
}
