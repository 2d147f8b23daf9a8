import { dirname } from 'node:path';
import type { CacheState } from '@sluice/core';
import type { Clock, Timer } from '../clock.ts';
import type { Notices } from '../notices/notices.ts';
import { ReasonedError, reason, reasonOf } from '../notices/reasons.ts';
import { durableWrite } from './durable-write.ts';
import { type CachedSnapshot, type CacheOwner, type DecodedFile, encodeCacheFile } from './file-format.ts';
import { type CacheFile, loadCache } from './load.ts';
import { ownFolder, UnsafePath } from './safe-folder.ts';
import { type Slot, type SlotSearch, slotName, takeSlot } from './slot.ts';
import { sweepSlots } from './sweep-slots.ts';

const coalesceMs = 100;
/** A write that takes longer holds nobody up; until it is through, the cache counts as unwritable. */
const writeDeadlineMs = 5000;
const retryMs = 60_000;
/** The start of the app has the disk for itself first. */
const sweepAfterMs = 10_000;

export interface DiskCacheOptions extends SlotSearch {
  readonly origin: string;
  readonly clock: Clock;
  readonly notices: Notices;
  /** Called when `state` has changed. */
  readonly changed: (state: CacheState) => void;
  /** What was written is gone, say because somebody removed the folder: called until it is saved again. */
  readonly lost: () => void;
}

interface Wanted {
  /** Absent where only files beside it are to be written. */
  readonly build: (() => CachedSnapshot) | undefined;
  readonly done: (() => void)[];
}

/** The snapshot on disk. None of its methods throws: what goes wrong is said, and shows in `state`. */
export class DiskCache {
  readonly #options: DiskCacheOptions;
  #state: CacheState = 'ok';
  #slot: Slot | undefined;
  /** The slot of another process, or one that can't be written, where the start found what there is. */
  #readFrom: string | undefined;
  /** Files beside the snapshots: what is to be in them, and which of them are not on disk like that. */
  readonly #beside = new Map<string, Buffer>();
  readonly #unkept = new Set<string>();
  #next: CacheFile = 'a.snap';
  #generation = 0;
  #instanceId = '';
  #wanted: Wanted | undefined;
  #lastBuild: (() => CachedSnapshot) | undefined;
  #writing: Promise<void> | undefined;
  /** The write that is under way takes too long: nobody waits for what comes after it either. */
  #isLate = false;
  #startedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #retry: Timer | undefined;
  #sweep: Timer | undefined;
  #closed = false;

  constructor(options: DiskCacheOptions) {
    this.#options = options;
  }

  get state(): CacheState {
    return this.#state;
  }

  /** The folder that this process started from, else the one that it has for itself. */
  get folder(): string | undefined {
    return this.#readFrom ?? this.#slot?.folder;
  }

  /**
   * Takes a slot and reads what lies in it, or in one before it. The slot's number is part of the name of a process that
   * has none.
   */
  async open(): Promise<{
    readonly slotIndex: number | undefined;
    readonly loaded: DecodedFile | undefined;
  }> {
    let loaded = await this.#takeSlot();
    // Say its container was killed and started anew: for minutes nobody can know that the slot of before is free.
    if (this.#slot && !loaded) loaded = await this.#loadUnlocked(this.#slot.index);
    this.#sweep = this.#options.clock.after(sweepAfterMs, () => {
      if (this.#slot) void sweepSlots(dirname(this.#slot.folder), this.#slot.folder, this.#options.clock);
    });
    return { slotIndex: this.#slot?.index, loaded };
  }

  /** Whose cache it is; known once the slot is. */
  belongsTo(instanceId: string): void {
    this.#instanceId = instanceId;
  }

  /** Resolves when what `build` gives, or something newer, is durable; or when that turned out to be impossible. */
  save(build: () => CachedSnapshot): Promise<void> {
    return this.#want(build);
  }

  /** Keeps a small file beside the snapshots, in whatever folder they are. Resolves as `save` does. */
  keep(name: string, bytes: Buffer): Promise<void> {
    this.#beside.set(name, bytes);
    this.#unkept.add(name);
    return this.#want(undefined);
  }

  #want(build: (() => CachedSnapshot) | undefined): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const { build: before, done = [] } = this.#wanted ?? {};
    const wanted = build ?? before;
    if (this.#isLate) {
      this.#wanted = { build: wanted, done };
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#wanted = { build: wanted, done: [...done, resolve] };
      this.#schedule();
    });
  }

  /** Writes what is still waiting and gives the slot back. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#sweep?.cancel();
    await this.#writing;
    if (this.#wanted) await this.#write();
    this.#retry?.cancel();
    await this.#slot?.lock.release();
    this.#slot = undefined;
  }

  #schedule(): void {
    if (this.#writing || this.#timer) return;
    const waitMs = this.#startedAt + coalesceMs - this.#options.clock.monotonic();
    if (waitMs <= 0) {
      void this.#write();
      return;
    }
    this.#timer = this.#options.clock.after(waitMs, () => {
      this.#timer = undefined;
      void this.#write();
    });
  }

  #write(): Promise<void> {
    const wanted = this.#wanted;
    if (!wanted) return Promise.resolve();
    this.#wanted = undefined;
    this.#lastBuild = wanted.build ?? this.#lastBuild;
    this.#startedAt = this.#options.clock.monotonic();
    const finish = (): void => {
      for (const done of wanted.done) done();
    };
    const late = this.#options.clock.after(writeDeadlineMs, () => {
      this.#isLate = true;
      this.#fail(new ReasonedError(reason('write_late', { limitSec: writeDeadlineMs / 1000 })));
      finish();
      for (const done of this.#wanted?.done ?? []) done();
    });
    this.#writing = this.#writeOnce(wanted.build)
      .then(
        () => this.#become('ok'),
        (error: Error) => this.#fail(error),
      )
      .then(() => {
        late.cancel();
        this.#writing = undefined;
        this.#isLate = false;
        finish();
        if (this.#wanted && !this.#closed) this.#schedule();
      });
    return this.#writing;
  }

  async #writeOnce(wanted: Wanted['build']): Promise<void> {
    let build = wanted;
    if (!this.#slot || !(await this.#slot.lock.isMine())) {
      await this.#slot?.lock.release();
      this.#slot = undefined;
      await this.#takeSlot();
      // Nothing of it lies in another slot.
      build ??= this.#lastBuild;
      for (const name of this.#beside.keys()) this.#unkept.add(name);
    }
    if (!this.#slot) throw new AlreadySaid();
    await this.#writeBeside(this.#slot.folder);
    if (!build) return;
    const { environment, app, origin } = this.#options;
    const owner: CacheOwner = { environment, app, origin, instanceId: this.#instanceId };
    const bytes = encodeCacheFile(owner, this.#generation + 1, build());
    await durableWrite(this.#slot.folder, this.#next, bytes);
    this.#generation++;
    this.#next = this.#next === 'a.snap' ? 'b.snap' : 'a.snap';
  }

  async #writeBeside(folder: string): Promise<void> {
    for (const name of this.#unkept) {
      const bytes = this.#beside.get(name)!;
      await durableWrite(folder, name, bytes);
      if (this.#beside.get(name) === bytes) this.#unkept.delete(name);
    }
  }

  async #takeSlot(): Promise<DecodedFile | undefined> {
    const { root, notices, clock } = this.#options;
    try {
      this.#slot = await takeSlot(this.#options, clock, () => this.#options.lost());
    } catch (error) {
      this.#fail(error as Error);
      return error instanceof UnsafePath ? undefined : this.#loadUnlocked(1);
    }
    if (!this.#slot) {
      this.#become('locked');
      notices.warn('cache_locked', { folder: root });
      return undefined;
    }
    const { newest, replaceNext } = await loadCache(this.#slot.folder, this.#options, notices);
    this.#generation = newest?.generation ?? 0;
    this.#next = replaceNext;
    return newest;
  }

  /** What the first of so many slots holds; they are only read. A disk that takes no writes may still have values. */
  async #loadUnlocked(slots: number): Promise<DecodedFile | undefined> {
    const { root, environment, app, notices } = this.#options;
    try {
      for (let index = 0; index < slots; index++) {
        const folder = await ownFolder(root, [environment, app, slotName(this.#options, index)]);
        const { newest } = await loadCache(folder, this.#options, notices);
        if (!newest) continue;
        this.#readFrom = folder;
        return newest;
      }
    } catch {
      // Then there is nothing to start from.
    }
    return undefined;
  }

  #fail(error: Error): void {
    const { root, notices } = this.#options;
    if (error instanceof UnsafePath)
      notices.warn('cache_refused', { file: error.path, reason: error.reason });
    else if (!(error instanceof AlreadySaid))
      notices.warn('cache_unwritable', { folder: root, reason: reasonOf(error) });
    if (this.#state !== 'locked' || !(error instanceof AlreadySaid)) this.#become('unwritable');
    this.#retryLater();
  }

  /** What could not be written is tried again by itself: the disk may have room again before the next change. */
  #retryLater(): void {
    this.#retry?.cancel();
    if (this.#closed) return;
    this.#retry = this.#options.clock.after(retryMs, () => {
      if (this.#wanted || (!this.#lastBuild && this.#unkept.size === 0)) return;
      void this.#want(this.#lastBuild);
    });
  }

  #become(state: CacheState): void {
    if (state === 'ok') this.#retry?.cancel();
    if (this.#state === state) return;
    this.#state = state;
    this.#options.changed(state);
  }
}

/** The slot could not be taken, and that has been said. */
class AlreadySaid extends Error {}
