import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock, Timer } from '../clock.ts';
import { isRunning, markOfThisProcess, type ProcessMark } from './process-mark.ts';

const lockName = /^lock\.(\d+)$/;
const renewMs = 30_000;
/** A holder that can't be looked up counts as gone when it hasn't renewed for so long. */
const goneAfterMs = 150_000;
/** A lock without readable content is one that is being written, for so long. */
const beingWrittenMs = 10_000;

const content = z.object({
  held: z.boolean(),
  pid: z.int(),
  realm: z.string(),
  startTicks: z.string().optional(),
  thread: z.int().optional(),
  /** Of this very lock: another one may have got its number, in a folder that was made anew. */
  id: z.string().optional(),
});
type Content = z.infer<typeof content>;

/**
 * The right to one cache slot. The newest `lock.<n>` says who has it; it is taken by creating `lock.<n+1>`, which only
 * one process can do, and numbers never start again while the folder lives. So a lock of a dead process is taken over
 * without ever deleting one that somebody took in the meantime.
 */
export class SlotLock {
  readonly #path: string;
  readonly #content: Content;
  readonly #clock: Clock;
  readonly #lost: () => void;
  #timer: Timer | undefined;
  #isOver = false;

  private constructor(path: string, content: Content, clock: Clock, lost: () => void) {
    this.#path = path;
    this.#content = content;
    this.#clock = clock;
    this.#lost = lost;
    this.#renewLater();
  }

  /**
   * Undefined when another process, or another client of this one, has the slot. Throws when it can't be written.
   * `lost` is called within half a minute once the lock is gone, and again as long as it is held on to.
   */
  static async take(
    folder: string,
    clock: Clock,
    lost: () => void = () => undefined,
  ): Promise<SlotLock | undefined> {
    const [mark, first] = await Promise.all([markOfThisProcess(), newestLock(folder)]);
    for (let known: number | undefined = first; ; known = undefined) {
      const newest = known ?? (await newestLock(folder));
      if (newest > 0 && (await isHeld(join(folder, `lock.${newest}`), mark))) return undefined;
      const path = join(folder, `lock.${newest + 1}`);
      const content = { ...mark, held: true, id: randomUUID() };
      if (!(await create(path, content))) continue; // another process was faster: look again
      if ((await newestLock(folder)) > newest + 1) {
        await rm(path, { force: true }); // the listing was old: the slot had moved on meanwhile
        continue;
      }
      for (const older of await locksIn(folder))
        if (older <= newest) await rm(join(folder, `lock.${older}`), { force: true });
      return new SlotLock(path, content, clock, lost);
    }
  }

  /** Gives the slot back. The file stays, as the number that the next one counts from. */
  async release(): Promise<void> {
    this.#end();
    if (!(await this.isMine())) return;
    await writeFile(this.#path, JSON.stringify({ ...this.#content, held: false })).catch(() => undefined);
  }

  /** Ends the lock by removing the slot that it is of: `remove` does that while nobody else can have it. */
  async drop(remove: () => Promise<void>): Promise<void> {
    this.#end();
    await remove();
  }

  #end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  /**
   * Whether nobody took the slot because this process seemed gone, say after it was stopped for minutes, and nobody
   * removed it.
   */
  async isMine(): Promise<boolean> {
    return readFile(this.#path, 'utf8').then(
      (text) => contentOf(text)?.id === this.#content.id,
      // What can't be read for another reason, say for want of descriptors, is there all the same.
      ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT' && code !== 'ENOTDIR',
    );
  }

  #renewLater(): void {
    this.#timer = this.#clock.after(renewMs, () => void this.#renew());
  }

  /** One after the other: each that a disk lets hang holds a thread that the app reads files with. */
  async #renew(): Promise<void> {
    const now = new Date();
    if (await this.isMine()) await utimes(this.#path, now, now).catch(() => undefined);
    else this.#lost();
    if (!this.#isOver) this.#renewLater();
  }
}

async function locksIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => Number(lockName.exec(name)?.[1] ?? []));
}

const newestLock = async (folder: string): Promise<number> => Math.max(0, ...(await locksIn(folder)));

async function create(path: string, content: Content): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(JSON.stringify(content));
  } catch (error) {
    // On a full disk each try would leave one.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  return true;
}

async function isHeld(path: string, self: ProcessMark): Promise<boolean> {
  let text: string;
  let ageMs: number;
  try {
    const [read, stats] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    text = read;
    ageMs = Date.now() - stats.mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const found = contentOf(text);
  if (!found) return ageMs < beingWrittenMs;
  const { held, pid, realm, startTicks, thread } = found;
  if (!held) return false;
  const mark = {
    pid,
    realm,
    ...(startTicks !== undefined && { startTicks }),
    ...(thread !== undefined && { thread }),
  };
  const running = await isRunning(mark, self);
  return running === 'unknown' ? ageMs < goneAfterMs : running === 'yes';
}

function contentOf(text: string): Content | undefined {
  try {
    return content.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
