import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sluice } from '@sluice/client';
import { tellPrometheus } from '@sluice/client/prometheus';
import type { CallCounts } from './call-counts.ts';
import type { ProcessSettings } from './process-settings.ts';

/** What a process tells about itself. */
export interface OwnReportParts {
  readonly settings: ProcessSettings;
  readonly sluice: Sluice;
  readonly counts: CallCounts;
  /** The values that the code works with at this moment, by namespace. */
  readonly values: () => Readonly<Record<string, unknown>>;
}

/**
 * Answers on loopback what this process holds, from its own memory: what the control plane believes can be held
 * against it. Tells the parent process, when there is one, under which port.
 */
export async function serveOwnReport(parts: OwnReportParts): Promise<void> {
  const { settings, sluice, counts } = parts;
  const metrics = tellPrometheus(sluice);
  const server = createServer((request, response) => {
    if (request.url === '/health')
      answer(response, { status: 'ok', instance: settings.instanceId, sluice: sluice.health() });
    else if (request.url === '/debug/values')
      answer(response, {
        instance: settings.instanceId,
        state: sluice.state,
        digests: sluice.digests(),
        values: parts.values(),
        calls: counts.report(),
      });
    else if (request.url === '/metrics')
      response.setHeader('content-type', metrics.contentType).end(metrics.text());
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  process.send?.({ reportPort: (server.address() as AddressInfo).port });
}

function answer(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
