import type { Api } from '../demo/api.ts';
import type { Language } from '../demo/language.ts';

/** One process of the storefront, as its customers reach it. */
export interface Shop {
  readonly instance: string;
  readonly url: string;
}

/** What the story plays on: a server to talk to, shops to buy in, and processes to kill. */
export interface Stage {
  readonly api: Api;
  readonly url: string;
  readonly environment: string;
  readonly language: Language;
  readonly shops: readonly Shop[];
  /** Where designs and rules are written, so that the told commands find them. */
  readonly folder: string;
  /** Waits are as short as they may be; nothing is left out. */
  readonly isFast: boolean;
  /** Aborted when the story is not to go on. */
  readonly signal: AbortSignal;
  readonly serverPid: () => number | undefined;
  /** Kills the server with -9; it stays down until the answer is called, which resolves when it listens again. */
  readonly killServer: () => Promise<() => Promise<void>>;
  /** Kills a process with -9; it is started again by itself. */
  readonly killShop: (instance: string) => void;
}

export const appPath = (stage: Stage, app = 'storefront'): string =>
  `/environments/${stage.environment}/apps/${app}`;

/** The path of a page of the console. */
export const pageOf = (stage: Stage, path: string): string => `${appPath(stage)}${path}`;
