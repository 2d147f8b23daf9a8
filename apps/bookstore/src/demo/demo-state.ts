import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the demo has to remember from start to start. Secrets are in it, so only its owner may read the file. */
export interface DemoState {
  readonly adminPassword: string;
  /** With the rights of an administrator. */
  readonly apiToken: string;
  /** By app: what its processes connect with. */
  readonly clientTokens: Readonly<Record<string, string>>;
  /** Everything of the first start is in place; from then on it belongs to the user. */
  readonly seeded: boolean;
}

export const stateFileIn = (dataDir: string): string => join(dataDir, 'demo.json');

/** Undefined when there is none yet, or when it cannot be read: then it is made anew. */
export async function readState(dataDir: string): Promise<DemoState | undefined> {
  let text: string;
  try {
    text = await readFile(stateFileIn(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const state = JSON.parse(text) as Partial<DemoState> | null;
    const { adminPassword, apiToken, clientTokens, seeded } = state ?? {};
    if (typeof adminPassword !== 'string' || typeof apiToken !== 'string') return undefined;
    return { adminPassword, apiToken, clientTokens: clientTokens ?? {}, seeded: seeded === true };
  } catch {
    return undefined;
  }
}

/** Replaces the file whole, so that an end in between leaves the old one. */
export async function writeState(dataDir: string, state: DemoState): Promise<void> {
  await writePrivate(stateFileIn(dataDir), `${JSON.stringify(state, null, 2)}\n`);
}

/** Writes a file that only its owner can read. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, file);
}
