import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { writePrivateFile } from '../env/private-file.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { AccountStore } from './account.store.ts';
import { hashSecret, mintSecret, sameHash } from './opaque-secret.ts';

const validMs = 15 * 60_000;
const lookMs = 15_000;

/**
 * What proves that whoever creates the first administrator is at the machine: a secret in a private file of the data
 * folder, shown with its link when the server starts. It lives 15 minutes and is replaced as long as nobody used it.
 */
@Injectable()
export class SetupToken implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #accounts: AccountStore;
  readonly #clock: Clock;
  readonly #env: Env;
  readonly #logger: Logger;
  readonly #file: string;
  #current: { readonly text: string; readonly until: number } | undefined;
  #isSetUp = false;
  #timer: NodeJS.Timeout | undefined;
  #announce: (() => void) | undefined;

  constructor(
    @Inject(AccountStore) accounts: AccountStore,
    @Inject(Clock) clock: Clock,
    @Inject(ENV) env: Env,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#accounts = accounts;
    this.#clock = clock;
    this.#env = env;
    this.#logger = logger;
    this.#file = join(env.dataDir, 'setup-token');
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
    const look = (): void =>
      void this.refresh().catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'could not see whether this server was set up'),
      );
    this.#timer = setInterval(look, lookMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Whether the first administrator is still to be created. */
  async isNeeded(): Promise<boolean> {
    if (this.#env.insecureDev) return false;
    this.#isSetUp ||= await this.#accounts.any();
    return !this.#isSetUp;
  }

  /** Tells the link, now and whenever the token is replaced. Nothing is told once the server is set up. */
  announceAt(baseUrl: string, tell: (link: string) => void): void {
    this.#announce = () => {
      if (this.#current) tell(`${baseUrl}/setup?token=${this.#current.text}`);
    };
    this.#announce();
  }

  async matches(text: string): Promise<boolean> {
    await this.refresh();
    return this.#current !== undefined && sameHash(hashSecret(text), hashSecret(this.#current.text));
  }

  /** Makes, replaces or removes the token, as it is time. */
  async refresh(): Promise<void> {
    if (!(await this.isNeeded())) {
      clearInterval(this.#timer);
      this.#current = undefined;
      rmSync(this.#file, { force: true });
      return;
    }
    const now = this.#clock.monotonic();
    if (this.#current && now < this.#current.until) return;
    this.#current = { text: mintSecret(), until: now + validMs };
    writePrivateFile(this.#file, this.#current.text);
    this.#announce?.();
  }
}
