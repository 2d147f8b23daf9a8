import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KillSwitch } from '@sluice/core';
import type { Kill } from '@sluice/protocol/client';
import { z } from 'zod';
import { guardedRead } from '../cache/guarded-read.ts';
import type { Notices } from '../notices/notices.ts';
import { reasonOf } from '../notices/reasons.ts';

const off: KillSwitch = { monitorOnly: false, noFaults: false };
const keptFile = 'kill.json';
const kept = z.object({ origin: z.string(), monitorOnly: z.boolean(), noFaults: z.boolean() });

const knownWords: readonly string[] = ['monitor', 'faults'];
const offWords: readonly string[] = ['0', 'false', 'off', 'no'];

/**
 * Reads `monitor`, `faults` or both, separated by commas. Nothing, and anything else than a plain no, means both: whoever
 * reaches for it wants it to stop.
 */
export function killSwitchOf(text: string): KillSwitch {
  const said = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  if (said.length === 1 && offWords.includes(said[0]!)) return off;
  if (said.length === 0 || said.some((word) => !knownWords.includes(word)))
    return { monitorOnly: true, noFaults: true };
  return { monitorOnly: said.includes('monitor'), noFaults: said.includes('faults') };
}

/** Where the word of the server is kept over restarts. */
export interface KillKeeper {
  /** Where it was kept before. */
  readonly folder: string | undefined;
  /** Writes it now, or once that is possible. Never rejects. */
  keep(name: string, bytes: Buffer): Promise<void>;
}

export interface KillSwitchOptions {
  readonly notices: Notices;
  /** `SLUICE_KILL` of the environment. */
  readonly variable: string | undefined;
  /** The file `KILL` in the cache folder, where there is one. */
  readonly file: string | undefined;
  /** Whose word is kept on disk. */
  readonly origin: string;
  readonly turned: (state: KillSwitch) => void;
}

/**
 * The kill switch as it stands here: thrown when the server says so, or the environment, or a file. What the server
 * said last is kept on disk, as rules are: a restart while it is gone must not bring back what an operator stopped.
 */
export class KillSwitches {
  readonly #options: KillSwitchOptions;
  readonly #variable: KillSwitch;
  #file: KillSwitch = off;
  #server: KillSwitch = off;
  /** Of this connection: another server, or the same one restored, counts anew. */
  #version: number | undefined;
  #state: KillSwitch = off;
  #keeper: KillKeeper | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: KillSwitchOptions) {
    this.#options = options;
    const { variable = '' } = options;
    // Deployments set variables to nothing where nobody has said anything; an empty file somebody has put there.
    this.#variable = variable.trim() === '' ? off : killSwitchOf(variable);
    this.#turn();
  }

  get state(): KillSwitch {
    return this.#state;
  }

  /** Looks at the file, and at what was kept of this instance. Never rejects. */
  async open(keeper: KillKeeper | undefined): Promise<void> {
    this.#keeper = keeper;
    const folder = keeper?.folder;
    const keptBytes = folder === undefined ? undefined : guardedRead(join(folder, keptFile));
    const [bytes] = await Promise.all([keptBytes?.catch(() => undefined), this.look()]);
    if (this.#version !== undefined) {
      // The server was faster than the disk.
      this.#keep();
      return;
    }
    const found = bytes && kept.safeParse(jsonOf(bytes));
    if (!found?.success || found.data.origin !== this.#options.origin) return;
    const { monitorOnly, noFaults } = found.data;
    this.#server = { monitorOnly, noFaults };
    this.#turn();
    // It goes along when the values move to another folder.
    this.#keep();
  }

  /** A new connection begins. */
  connected(): void {
    this.#version = undefined;
  }

  /** Answers the version that holds now. */
  take({ version, monitorOnly, noFaults }: Kill): number {
    if (this.#version !== undefined && version < this.#version) return this.#version;
    this.#version = version;
    const { monitorOnly: before, noFaults: faultsBefore } = this.#server;
    this.#server = { monitorOnly, noFaults };
    this.#turn();
    if (before !== monitorOnly || faultsBefore !== noFaults) this.#keep();
    return version;
  }

  /** Looks whether the file is there; while it still does, that counts. Never rejects. */
  look(): Promise<void> {
    // It is asked for each second, and each that a disk lets hang would hold a thread that the app reads files with.
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const { file, notices } = this.#options;
    if (file === undefined) return;
    try {
      const bytes = await guardedRead(file, 'orRoot');
      this.#file = bytes === undefined ? off : killSwitchOf(bytes.toString('utf8', 0, 1000));
    } catch (error) {
      // What the file says doesn't count, and whoever has put it there believes that it does.
      const isThere = await lstat(file).then(
        () => true,
        () => false,
      );
      if (isThere) notices.warn('kill_refused', { file, reason: reasonOf(error) }, file);
    }
    this.#turn();
  }

  #turn(): void {
    const all = [this.#variable, this.#file, this.#server];
    const state: KillSwitch = {
      monitorOnly: all.some(({ monitorOnly }) => monitorOnly),
      noFaults: all.some(({ noFaults }) => noFaults),
    };
    const before = this.#state;
    if (state.monitorOnly === before.monitorOnly && state.noFaults === before.noFaults) return;
    this.#state = state;
    this.#options.turned(state);
    const { notices } = this.#options;
    if (state.monitorOnly) notices.warn('kill_monitor', {}, 'on');
    else if (before.monitorOnly) notices.warn('kill_ended', {}, 'off');
  }

  #keep(): void {
    const text = JSON.stringify({ origin: this.#options.origin, ...this.#server });
    void this.#keeper?.keep(keptFile, Buffer.from(text));
  }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
