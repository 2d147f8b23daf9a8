import { Inject, Injectable } from '@nestjs/common';
import { type Content, diffContent, SluiceError } from '@sluice/core';
import type { Contracts, Release, ReleaseSummary, ResponseOf } from '@sluice/protocol';
import { LessThan } from 'typeorm';
import { Database } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { draftsStore } from './drafts.store.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { ReleaseEntity } from './release.entity.ts';
import { releaseSummaryOf, summaryColumns } from './release-model.ts';
import { contentOf, maxReleaseNumber, releasesStore } from './releases.store.ts';
import { withSealsOf } from './secrets/opened.ts';

/** What a namespace said when, also of one that was deleted. */
@Injectable()
export class HistoryRead {
  readonly #database: Database;
  readonly #finder: NamespaceFinder;

  constructor(@Inject(Database) database: Database, @Inject(NamespaceFinder) finder: NamespaceFinder) {
    this.#database = database;
    this.#finder = finder;
  }

  async list({ params, query }: Input<Contracts['listHistory']>): Promise<{
    items: ReleaseSummary[];
    next?: number;
  }> {
    const { limit, before = maxReleaseNumber } = query;
    const namespace = await this.#finder.everExisted(params);
    const rows = await this.#database.read.find(ReleaseEntity, {
      where: { namespaceId: namespace.id, number: LessThan(Math.min(before, maxReleaseNumber)) },
      select: summaryColumns,
      order: { number: 'DESC' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit).map(releaseSummaryOf);
    return { items, ...(rows.length > limit && { next: items.at(-1)!.number }) };
  }

  async get({ params }: Input<Contracts['getRelease']>): Promise<Release> {
    const namespace = await this.#finder.everExisted(params);
    const row = await this.#numbered(namespace, params.number);
    return { ...releaseSummaryOf(row), content: contentOf(row) };
  }

  async diff(input: Input<Contracts['diff']>): Promise<ResponseOf<Contracts['diff']>> {
    const { from, to } = input.query;
    const namespace = await this.#finder.everExisted(input.params);
    const before = await this.#side(namespace, from, input.caller);
    const after = await this.#side(namespace, to, input.caller);
    const { of, ...diff } = diffContent(before, withSealsOf(after, before));
    return { from, to, diff: { of, ...diff } } as ResponseOf<Contracts['diff']>;
  }

  async #side(namespace: NamespaceEntity, side: string, caller: Caller): Promise<Content | undefined> {
    switch (side) {
      case 'empty':
        return undefined;
      case 'live': {
        const live = await releasesStore.live(this.#database.read, namespace.liveReleaseId);
        return live && contentOf(live);
      }
      case 'draft': {
        const draft = await draftsStore.of(this.#database.read, namespace.id, caller.principal.id);
        if (!draft) throw new SluiceError('not_found', { what: { en: 'draft of yours', zh: '你的草稿' } });
        return JSON.parse(draft.content) as Content;
      }
      default:
        return contentOf(await this.#numbered(namespace, Number(side)));
    }
  }

  async #numbered(namespace: NamespaceEntity, number: number): Promise<ReleaseEntity> {
    const row = await releasesStore.byNumber(this.#database.read, namespace.id, number);
    if (row) return row;
    throw new SluiceError('not_found', { what: { en: `release ${number}`, zh: `发布版本 ${number}` } });
  }
}
