import { Inject, Injectable } from '@nestjs/common';
import { type Content, type ErrorText, SluiceError } from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { type Caller, may } from '../http/caller.ts';
import { composed } from './composed.ts';
import { ContentCheck } from './content/content-check.ts';
import { type LinkingNamespace, linksStore } from './links.store.ts';
import type { JsonSchema, NamespaceEntity } from './namespace.entity.ts';
import { contentOf, releasesStore } from './releases.store.ts';

/** A public namespace as it is about to be: with another content, or another schema. */
interface Becoming {
  readonly namespaceId: string;
  readonly content?: Content;
  readonly schema?: JsonSchema | null;
}

interface Misfit {
  readonly row: NamespaceEntity;
  readonly fault: ErrorText;
}

/**
 * Whether apps that link public namespaces still fit their schema with what they lay over them. What doesn't fit is
 * refused by their instances, which keep what they have; so a release goes all the same and says so, but a schema, which
 * no push would prove, is refused.
 */
@Injectable()
export class LinkerFit {
  readonly #check: ContentCheck;

  constructor(@Inject(ContentCheck) check: ContentCheck) {
    this.#check = check;
  }

  /** Words for each namespace that wouldn't fit, by the id of the released one; of apps that the caller may see by name. */
  async warnings(
    tx: EntityManager,
    becoming: readonly Becoming[],
    caller: Caller,
  ): Promise<ReadonlyMap<string, readonly ErrorText[]>> {
    const linkers = await this.#linkers(tx, becoming);
    const found = new Map<string, ErrorText[]>();
    for (const linker of linkers) {
      const misfit = await this.#misfit(tx, linker.row, becoming);
      if (!misfit) continue;
      const known = found.get(linker.to) ?? [];
      found.set(linker.to, [...known, seenBy(caller, misfit)]);
    }
    return found;
  }

  /** Throws `wrong_state`, naming who would not fit any more. Who doesn't fit now doesn't count. */
  async requireFit(tx: EntityManager, becoming: Becoming, caller: Caller): Promise<void> {
    for (const { row } of await this.#linkers(tx, [becoming])) {
      const misfit = await this.#misfit(tx, row, [becoming]);
      if (!misfit || (await this.#misfit(tx, row, []))) continue;
      throw new SluiceError('wrong_state', { reason: seenBy(caller, misfit) });
    }
  }

  async #linkers(tx: EntityManager, becoming: readonly Becoming[]): Promise<readonly LinkingNamespace[]> {
    if (becoming.length === 0) return [];
    const ids = becoming.map(({ namespaceId }) => namespaceId);
    const linkers = await linksStore.downstream(tx, ids, true);
    return linkers.sort((a, b) => (addressOf(a.row) < addressOf(b.row) ? -1 : 1));
  }

  async #misfit(
    tx: EntityManager,
    row: NamespaceEntity,
    becoming: readonly Becoming[],
  ): Promise<Misfit | undefined> {
    const chain = await linksStore.upstream(tx, row);
    const of = (id: string | undefined) => becoming.find(({ namespaceId }) => namespaceId === id);
    const end = chain.at(-1);
    const next = of(end?.id)?.schema;
    const schema = next === undefined ? (end?.schema ?? null) : next;
    if (schema === null) return undefined;
    const contents: Content[] = [];
    for (const each of [row, ...chain]) {
      const release = await releasesStore.live(tx, each.liveReleaseId);
      const content = of(each.id)?.content ?? (release && contentOf(release));
      if (!content) break;
      contents.unshift(content);
    }
    const whole = composed(row.kind, contents);
    if (!whole) return undefined;
    try {
      this.#check.check(whole, { kind: row.kind, format: row.format, schema }, { path: row.name });
      return undefined;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return { row, fault: faultWords(error) };
    }
  }
}

const addressOf = ({ app, name }: NamespaceEntity): string => `${app}/${name}`;

function seenBy(caller: Caller, { row, fault }: Misfit): ErrorText {
  const { environment, app } = row;
  return may(caller, 'config:read', { environment, app })
    ? linkerMisfitText(addressOf(row), fault)
    : hiddenMisfit;
}

/** `who`: `<app>/<namespace>`. */
export const linkerMisfitText = (who: string, fault: ErrorText): ErrorText => ({
  en: `${who} links it, and with what that lays over it, it does not fit the schema: ${fault.en}. Instances there would refuse it and keep what they have; ask its owners`,
  zh: `${who} 链接了它，叠加其自身的内容后不符合 Schema：${fault.zh}。那里的实例会拒绝它并保留现有的值；请联系其负责人`,
});

/** The same of an app that somebody may not see. */
export const hiddenMisfit: ErrorText = {
  en: 'an app that you may not see links it, and with what that lays over it, it does not fit the schema; instances there would refuse it and keep what they have',
  zh: '一个你无权查看的应用链接了它，叠加其自身的内容后不符合 Schema；那里的实例会拒绝它并保留现有的值',
};

/** The first fault of a refused content. */
export function faultWords({ params: { first = '' } }: SluiceError): ErrorText {
  return typeof first === 'object' ? first : { en: `${first}`, zh: `${first}` };
}
