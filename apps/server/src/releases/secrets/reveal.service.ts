import { Inject, Injectable } from '@nestjs/common';
import { type Content, type Json, SluiceError } from '@sluice/core';
import type { Contracts, Revealed } from '@sluice/protocol';
import { AuditLog } from '../../audit/audit-log.ts';
import { Database } from '../../database/database.ts';
import { isSealed, liesAt, openSealed } from '../../env/sealed-value.ts';
import type { Caller } from '../../http/caller.ts';
import type { Input } from '../../http/input.decorator.ts';
import { draftsStore } from '../drafts.store.ts';
import type { NamespaceEntity } from '../namespace.entity.ts';
import { NamespaceFinder } from '../namespace-finder.ts';
import type { LiveState } from '../releases.read.ts';
import { contentOf, releasesStore } from '../releases.store.ts';
import { movedSecret } from './opened.ts';

/** Shows secrets to who asks for them by name. The audit knows of each before it is answered. */
@Injectable()
export class RevealService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #finder: NamespaceFinder;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(NamespaceFinder) finder: NamespaceFinder,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#finder = finder;
  }

  async reveal({ params, body, caller }: Input<Contracts['revealItem']>): Promise<Revealed> {
    const { env, app, ns, key } = params;
    const namespace = await this.#finder.existing({ env, app, ns });
    const content = await this.#content(namespace, body.of, caller);
    const item =
      content?.kind === 'map' && Object.hasOwn(content.items, key) ? content.items[key] : undefined;
    if (!item) throw new SluiceError('not_found', { what: { en: `key "${key}"`, zh: `键“${key}”` } });
    if (!isSealed(item.value)) throw notSecret(key);
    const place = { environment: env, app };
    const home = { ...place, namespace: ns, key };
    if (!liesAt(item.value, home)) throw movedSecret(home);
    const value = JSON.parse(openSealed(item.value)) as Json;
    await this.#tell(caller, place, ns, { key, of: body.of });
    return { key, of: body.of, value };
  }

  /** An export with secrets in it: one row for all of them. Nothing is told where there are none. */
  async tellExport(
    caller: Caller,
    place: { readonly environment: string; readonly app: string },
    live: LiveState,
  ): Promise<void> {
    const keys = live.namespaces.flatMap(({ name, body }) => {
      const content = JSON.parse(body) as Content;
      if (content.kind !== 'map') return [];
      const sealed = Object.entries(content.items).filter(([, item]) => isSealed(item.value));
      return sealed.map(([key]) => `${name}.${key}`);
    });
    if (keys.length === 0) return;
    const detail = { of: 'export', count: keys.length, keys: keys.slice(0, mostKeys) };
    await this.#tell(caller, place, place.app, detail);
  }

  #tell(
    caller: Caller,
    place: { readonly environment: string; readonly app: string },
    target: string,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#database.write((tx) =>
      this.#audit.append(tx, caller, { action: 'secret.reveal', ...place, target, detail }),
    );
  }

  async #content(namespace: NamespaceEntity, of: string, caller: Caller): Promise<Content | undefined> {
    const { read } = this.#database;
    if (of === 'live') {
      const live = await releasesStore.live(read, namespace.liveReleaseId);
      return live && contentOf(live);
    }
    if (of === 'draft') {
      const draft = await draftsStore.of(read, namespace.id, caller.principal.id);
      if (!draft) throw new SluiceError('not_found', { what: { en: 'draft of yours', zh: '你的草稿' } });
      return JSON.parse(draft.content) as Content;
    }
    const release = await releasesStore.byNumber(read, namespace.id, Number(of));
    if (!release) throw new SluiceError('not_found', { what: { en: `release ${of}`, zh: `发布版本 ${of}` } });
    return contentOf(release);
  }
}

/** That the audit names one by one. */
const mostKeys = 100;

const notSecret = (key: string): SluiceError =>
  new SluiceError('wrong_state', {
    reason: {
      en: `"${key}" is not secret, everybody who may read sees it`,
      zh: `“${key}”不是机密，有读权限的人都能看到`,
    },
  });
