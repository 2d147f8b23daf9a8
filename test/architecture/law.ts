/** Who may import whom. `npm`: what it has listed in its package.json; a list: these and nothing else. */
export interface Arrow {
  readonly folder: string;
  /** Packages of this project that it may know. */
  readonly sluice: readonly string[];
  readonly npm: 'listed' | readonly string[];
  readonly node: boolean;
}

/** The whole law of packages, weakest first. Nobody may import apps, web or test. */
export const arrows: readonly Arrow[] = [
  { folder: 'libs/core', sluice: [], npm: [], node: false },
  { folder: 'libs/protocol', sluice: ['core'], npm: ['zod'], node: false },
  { folder: 'libs/scripts', sluice: ['core'], npm: ['isolated-vm', 'zod'], node: true },
  {
    folder: 'libs/client',
    sluice: ['core', 'protocol', 'scripts'],
    npm: [
      '@cfworker/json-schema',
      '@grpc/grpc-js',
      '@opentelemetry/api',
      'isolated-vm',
      'socket.io-client',
      'zod',
    ],
    node: true,
  },
  {
    folder: 'libs/nest',
    sluice: ['client'],
    npm: ['@nestjs/common', 'reflect-metadata', 'rxjs'],
    node: true,
  },
  { folder: 'apps/server', sluice: ['core', 'protocol', 'scripts'], npm: 'listed', node: true },
  { folder: 'apps/cli', sluice: ['core', 'protocol'], npm: 'listed', node: true },
  { folder: 'apps/bookstore', sluice: ['client', 'nest'], npm: 'listed', node: true },
  { folder: 'web', sluice: ['core', 'protocol'], npm: 'listed', node: false },
  {
    folder: 'test',
    sluice: ['core', 'protocol', 'scripts', 'client', 'nest', 'server', 'cli', 'bookstore'],
    npm: 'listed',
    node: true,
  },
];

/** Rooms inside of a program: each may know itself and those before it. */
export interface Rooms {
  readonly src: string;
  /** From left to right. Rooms in one entry don't know each other. */
  readonly order: readonly (readonly string[])[];
  /** Rooms whose own rooms don't know each other: `features/apps` knows nothing of `features/pushes`. */
  readonly apart: readonly string[];
}

export const rooms: readonly Rooms[] = [
  {
    src: 'apps/server/src',
    order: [
      ['env'],
      ['database'],
      ['http'],
      ['audit'],
      ['access'],
      ['feed'],
      ['catalog'],
      ['releases'],
      ['fleet'],
      ['pushes'],
      ['delivery'],
      ['traffic'],
      ['guardrails'],
      ['guarding'],
      ['drills'],
      ['scripts'],
      ['alerts'],
      ['story'],
      ['live'],
    ],
    apart: [],
  },
  { src: 'web/src', order: [['lib'], ['ui'], ['parts'], ['features'], ['app']], apart: ['features'] },
];
