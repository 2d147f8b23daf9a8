import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';

const require = createRequire(import.meta.url);
const consoleFolder = join(import.meta.dirname, '../../../../web/dist');

/** The console's files and the API page's; every other GET outside the API is a page of the console. */
export function serveStaticFiles(app: NestExpressApplication): void {
  const swagger = dirname(require.resolve('swagger-ui-dist/package.json'));
  app.use('/api/docs/assets', express.static(swagger, { index: false, immutable: true, maxAge: '1h' }));
  app.use(
    '/assets',
    express.static(join(consoleFolder, 'assets'), {
      index: false,
      immutable: true,
      maxAge: '365d',
      fallthrough: true,
    }),
  );
  app.use(express.static(consoleFolder, { index: false, maxAge: 0 }));
  app.use((request: Request, response: Response, next: NextFunction) => {
    const isPage =
      request.method === 'GET' &&
      request.accepts(['json', 'html']) === 'html' &&
      !/^\/(api|client|assets|socket\.io|healthz|readyz|metrics)(\/|$)/.test(request.path);
    const index = join(consoleFolder, 'index.html');
    if (!isPage || !existsSync(index)) {
      next();
      return;
    }
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(index);
  });
}
