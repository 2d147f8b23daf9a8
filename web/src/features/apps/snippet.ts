export const runtimes = ['node', 'nest'] as const;
export type Runtime = (typeof runtimes)[number];

interface Place {
  readonly server: string;
  readonly env: string;
  readonly app: string;
  readonly namespace: string;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A few lines to paste into an application, with its real names. */
export function snippetOf(runtime: Runtime, { server, env, app, namespace }: Place): string {
  return runtime === 'node'
    ? nodeSnippet(server, env, app, namespace)
    : nestSnippet(server, env, app, namespace);
}

function nodeSnippet(server: string, env: string, app: string, namespace: string): string {
  return `// npm install @sluice/client
import { createSluice, num } from '@sluice/client';

const sluice = createSluice({
  server: ${quoted(server)},
  token: process.env.SLUICE_TOKEN,
  environment: ${quoted(env)},
  app: ${quoted(app)},
});
const config = sluice.config(${quoted(namespace)}, { timeoutMs: num(800, { min: 50, max: 5000 }) });
await sluice.ready({ timeoutMs: 3000 }); // never throws: defaults serve until the server answers

config.timeoutMs; // the value of this moment
config.on('timeoutMs', (value, previous) => console.log('timeoutMs', previous, '->', value));`;
}

function nestSnippet(server: string, env: string, app: string, namespace: string): string {
  return `// npm install @sluice/nest
import { Injectable, Module } from '@nestjs/common';
import { DynamicConfig, DynamicValue, OnChange, SluiceModule } from '@sluice/nest';

@DynamicConfig(${quoted(namespace)})
export class AppConfig {
  @DynamicValue({ min: 50, max: 5000 }) timeoutMs = 800;
  @OnChange('timeoutMs') retune(value: number, previous: number) {}
}

@Module({
  imports: [
    SluiceModule.forRoot({
      server: ${quoted(server)},
      token: process.env.SLUICE_TOKEN,
      environment: ${quoted(env)},
      app: ${quoted(app)},
    }),
    SluiceModule.forFeature([AppConfig]),
  ],
})
export class AppModule {}`;
}
