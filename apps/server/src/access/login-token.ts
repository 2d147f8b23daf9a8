import { lstatSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { ENV } from '../env/tokens.ts';
import { hashSecret, sameHash } from './opaque-secret.ts';

const validMs = 15 * 60_000;

/**
 * A one-time sign-in that a supervisor on this machine (the demo) leaves in a private file of the data folder:
 * whoever can write there could as well read the database.
 */
@Injectable()
export class LoginToken {
  readonly #clock: Clock;
  readonly #file: string;

  constructor(@Inject(Clock) clock: Clock, @Inject(ENV) env: Env) {
    this.#clock = clock;
    this.#file = join(env.dataDir, 'login-token');
  }

  /** Whether `text` is the token and still good. If so the file is gone afterwards, whoever else tries. */
  use(text: string): boolean {
    try {
      const { mode, mtimeMs, ...file } = withKind(this.#file);
      const ageMs = this.#clock.now() - mtimeMs;
      const isPrivate = process.platform === 'win32' || (mode & 0o077) === 0;
      if (!file.isFile || !isPrivate || ageMs < -validMs || ageMs >= validMs) return false;
      const token = readFileSync(this.#file, 'utf8').trim();
      if (!/^[0-9a-f]{64}$/.test(token) || !sameHash(hashSecret(text), hashSecret(token))) return false;
      unlinkSync(this.#file); // throws for all but the first of several at once
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }
}

/** Of the file itself: a link to somewhere else is no file. */
function withKind(path: string): { isFile: boolean; mode: number; mtimeMs: number } {
  const stat = lstatSync(path);
  return { isFile: stat.isFile(), mode: stat.mode, mtimeMs: stat.mtimeMs };
}
