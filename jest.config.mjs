// One runner for everything. Packages resolve to their sources (condition "sluice-source"), so a test never
// sees a stale build; what runs as a process of its own (server, demo) uses dist/, built before by tools/build.mjs.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const swc = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));
delete swc.jsc.rewriteRelativeImportExtensions;

const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['sluice-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }] },
  modulePathIgnorePatterns: ['/dist/'],
};

export default {
  // Files of the second and third kind wait as long as they work: one more than there are cores, so that none idles;
  // more than four would ask for more memory than a laptop has to spare.
  maxWorkers: Math.min(4, availableParallelism() + 1),
  testSequencer: './tools/test-order.mjs',
  // What a file has loaded is never given back; a worker that holds so much of it makes room for a new one.
  workerIdleMemoryLimit: '1500MB',
  // Tests that say they may run beside each other do, all of a file.
  maxConcurrency: 50,
  testTimeout: 60_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{libs,apps}/*/src/**/*.spec.ts',
        '<rootDir>/web/src/**/*.spec.ts',
        '<rootDir>/test/architecture/**/*.spec.ts',
      ],
    },
    {
      ...base,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/{conformance,api,client,cli,push,guard,chaos,demo,scripts}/**/*.spec.ts'],
    },
    { ...base, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
  ],
};
