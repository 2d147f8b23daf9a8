import { Controller, Get, Header, Inject } from '@nestjs/common';
import { openApi } from '@sluice/protocol/openapi';
import type { Env } from '../env/env.ts';
import { ENV } from '../env/tokens.ts';
import { OpenDoor } from './open-door.decorator.ts';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Sluice API</title>
<link rel="stylesheet" href="/api/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

/** The API as a document and as a page. */
@Controller()
export class ApiDocsController {
  readonly #env: Env;
  /** Made when somebody asks for it first: it takes longer than all else at a start, and few ask. */
  #document: Record<string, unknown> | undefined;

  constructor(@Inject(ENV) env: Env) {
    this.#env = env;
  }

  @Get('/api/openapi.json')
  @OpenDoor('documents the API and holds no data')
  document(): Record<string, unknown> {
    this.#document ??= openApi(this.#env.version);
    return this.#document;
  }

  @Get('/api/docs')
  @OpenDoor('documents the API and holds no data')
  @Header('content-type', 'text/html; charset=utf-8')
  docs(): string {
    return page;
  }

  @Get('/api/docs/start.js')
  @OpenDoor('documents the API and holds no data')
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return "SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', supportedSubmitMethods: [] });\n";
  }
}
