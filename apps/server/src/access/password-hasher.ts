import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { SluiceError } from '@sluice/core';
import { mintSecret } from './opaque-secret.ts';

/** argon2id (the package's default kind) with OWASP's figures: 19 MiB, two passes, one lane. */
const promisedCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const atOnce = 2;
const mayWait = 50;

/**
 * Hashes and checks passwords, two at a time: each takes a core for tens of milliseconds and 19 MiB, so that more of
 * them would let anybody stop the server by signing in.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  /** No setting: only who has the object can make it another one, before anybody signs in. */
  cost = promisedCost;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #nobodys = '';

  async onModuleInit(): Promise<void> {
    this.#nobodys = await hash(mintSecret(), this.cost);
  }

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password.normalize('NFC'), this.cost));
  }

  /** Without a hash (nobody has that name) it takes as long and says no. To be called inside `inTurn`. */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const matches = await verify(stored ?? this.#nobodys, password.normalize('NFC'));
    return stored !== undefined && matches;
  }

  /** Runs `work` as one of the two. Rejects with `too_many_requests` when fifty wait already. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= mayWait) throw new SluiceError('too_many_requests', { retryAfterSec: 2 });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
