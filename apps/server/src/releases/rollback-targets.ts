import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { Database } from '../database/database.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import type { ReleaseEntity } from './release.entity.ts';
import type { ReleaseRow } from './release-model.ts';
import { contentOf, releasesStore } from './releases.store.ts';

/** The release whose content comes back, and the one that is live now. */
interface RollbackTarget {
  readonly target: ReleaseEntity;
  readonly live: ReleaseEntity | undefined;
}

/** Finds the release that a rollback goes back to, or says why there is none. */
@Injectable()
export class RollbackTargets {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  /** `to`: its number; absent, the release before the live one. */
  async of(namespace: NamespaceEntity, to: number | undefined): Promise<RollbackTarget> {
    const number = to ?? (await this.#before(namespace));
    const target = await releasesStore.byNumber(this.#database.read, namespace.id, number);
    if (!target) throw new SluiceError('not_found', { what: releaseName(number) });
    if (target.kind === 'delete') throw wrongState(...isDeletion(number));
    if (contentOf(target).kind !== namespace.kind) throw wrongState(...isOtherKind(number, namespace.kind));
    const live = await releasesStore.live(this.#database.read, namespace.liveReleaseId);
    if (live?.digest === target.digest) throw wrongState(...isLive(number));
    return { target, live };
  }

  /**
   * The release that was live before the live one. A rollback counts as what it restored, so that pressing the button
   * twice goes two back and not to and fro. Deletions, and what says the same as the live one, are passed over.
   */
  async #before(namespace: NamespaceEntity): Promise<number> {
    const newest = await this.#summary(namespace, namespace.releaseCount);
    if (!newest) throw wrongState(...nothingBefore);
    const isLive = namespace.liveReleaseId === newest.id;
    for (let number = isLive ? (await this.#origin(namespace, newest)) - 1 : newest.number; number > 0; ) {
      const release = await this.#summary(namespace, number);
      if (!release) break;
      const origin = await this.#origin(namespace, release);
      if (release.kind !== 'delete' && !(isLive && release.digest === newest.digest)) return origin;
      number = origin - 1;
    }
    throw wrongState(...nothingBefore);
  }

  /** The release that a chain of rollbacks goes back to. */
  async #origin(namespace: NamespaceEntity, release: ReleaseRow): Promise<number> {
    let at = release;
    while (at.restored !== null) {
      const restored = await this.#summary(namespace, at.restored);
      if (!restored) break;
      at = restored;
    }
    return at.number;
  }

  #summary(namespace: NamespaceEntity, number: number): Promise<ReleaseRow | undefined> {
    return releasesStore.summary(this.#database.read, namespace.id, number);
  }
}

type Words = readonly [en: string, zh: string];

const releaseName = (number: number) => ({ en: `release ${number}`, zh: `发布版本 ${number}` });
const wrongState = (en: string, zh: string): SluiceError =>
  new SluiceError('wrong_state', { reason: { en, zh } });

const nothingBefore: Words = [
  'there is no release before the live one to go back to; name one with "to"',
  '线上版本之前没有可回滚的发布版本；可用“to”指定',
];
const isDeletion = (number: number): Words => [
  `release ${number} is a deletion and has no content`,
  `发布版本 ${number} 是一次删除，没有内容`,
];
const isOtherKind = (number: number, kind: string): Words => [
  `release ${number} is of another kind than the namespace now is (${kind})`,
  `发布版本 ${number} 的类型与命名空间现在的类型（${kind}）不同`,
];
const isLive = (number: number): Words => [
  `the content of release ${number} is what is live already`,
  `发布版本 ${number} 的内容就是线上内容`,
];
