import { Inject, Injectable } from '@nestjs/common';
import { type ErrorText, type PublicNamespace, SluiceError } from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { type Caller, may } from '../http/caller.ts';
import { invalidField } from '../http/invalid.ts';
import type { Shape } from './content/content-check.ts';
import { maxLinks } from './linked-layers.ts';
import { linksStore } from './links.store.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { namespacesStore } from './namespaces.store.ts';

/** A namespace that is to link another one: as it is, or as it is about to be made. */
export type Linking = Pick<NamespaceEntity, 'environment' | 'app' | 'name' | 'kind' | 'schema'> & {
  readonly id?: string;
};

/** What is asked for of a namespace to know its shape. */
type Shaped = Pick<NamespaceEntity, 'kind' | 'format' | 'schema' | 'linkId'>;

/** Decides who may link what, and what a link demands. */
@Injectable()
export class LinksService {
  readonly #catalog: CatalogRead;

  constructor(@Inject(CatalogRead) catalog: CatalogRead) {
    this.#catalog = catalog;
  }

  /** Who links a namespace must be allowed to read it: what it says will be read by everybody who reads his. */
  async requireVisible(caller: Caller, env: string, { app }: PublicNamespace): Promise<void> {
    if (!may(caller, 'config:read', { environment: env, app })) throw notFound();
    await this.#catalog.requireApp(env, app);
  }

  async requireAllVisible(
    caller: Caller,
    env: string,
    linking: readonly { readonly link?: PublicNamespace | undefined }[],
  ): Promise<void> {
    for (const { link } of linking) if (link) await this.requireVisible(caller, env, link);
  }

  /** The namespace behind a link, in a transaction that holds the environment; or what is wrong with the link. */
  async resolve(
    tx: EntityManager,
    linking: Linking,
    link: PublicNamespace,
    at = 'link',
  ): Promise<NamespaceEntity> {
    const { environment, app, name, kind, schema } = linking;
    if (kind === 'document') throw invalidField(at, texts.document);
    if (link.app === app) throw invalidField(at, link.namespace === name ? texts.self : texts.sameApp);
    const row = await namespacesStore.at(tx, { env: environment, app: link.app, ns: link.namespace });
    if (!row || row.deletedAt !== null) throw invalidField(`${at}.namespace`, texts.missing);
    if (!row.isPublic) throw invalidField(`${at}.namespace`, texts.notPublic);
    if (row.kind !== kind) throw invalidField(`${at}.namespace`, texts.kind);
    const above = [row, ...(await linksStore.upstream(tx, row))];
    if (above.some((each) => each.id === linking.id)) throw invalidField(at, texts.cycle);
    const below = linking.id === undefined ? [] : await linksStore.downstream(tx, [linking.id]);
    const depth = above.length + Math.max(0, ...below.map((each) => each.depth));
    if (depth > maxLinks) throw invalidField(at, texts.depth);
    const apps = new Set(above.map((each) => each.app));
    if ([app, ...below.map((each) => each.row.app)].some((each) => apps.has(each)))
      throw invalidField(at, texts.backHome);
    if (schema !== null) throw invalidField(at.replace(/link$/, 'schema'), texts.schema);
    return row;
  }

  /** What its content must fit: the schema of what it links, together with what it inherits. */
  async shapeOf(manager: EntityManager, namespace: Shaped): Promise<Shape> {
    if (namespace.linkId === null) return namespace;
    const { content, schema } = await linksStore.inherited(manager, namespace);
    const { kind, format, linkId } = namespace;
    return { kind, format, linkId, schema, ...(content && { beneath: content }) };
  }

  /** The apps that a release of these reaches, for the audit; one query, and only where there can be any. */
  async reached(
    tx: EntityManager,
    namespaces: readonly Pick<NamespaceEntity, 'id' | 'isPublic'>[],
  ): Promise<{ readonly linkedApps?: readonly string[] }> {
    const ids = namespaces.filter(({ isPublic }) => isPublic).map(({ id }) => id);
    if (ids.length === 0) return {};
    const apps = new Set((await linksStore.downstream(tx, ids, true)).map(({ row }) => row.app));
    return apps.size > 0 ? { linkedApps: [...apps].sort() } : {};
  }

  /** One that was deleted comes back with its link, if that leads somewhere still. */
  async requireStanding(tx: EntityManager, { deletedAt, linkId }: NamespaceEntity): Promise<void> {
    if (deletedAt === null || linkId === null) return;
    const [row] = await linksStore.upstream(tx, { linkId });
    if (row?.isPublic && row.deletedAt === null) return;
    throw new SluiceError('wrong_state', { reason: texts.gone });
  }

  /** Throws while somebody links it, naming those whom the caller may see. */
  async requireUnlinked(tx: EntityManager, namespace: NamespaceEntity, caller: Caller): Promise<void> {
    const linkers = (await linksStore.downstream(tx, [namespace.id])).filter(({ depth }) => depth === 1);
    if (linkers.length === 0) return;
    const seen = linkers
      .map(({ row }) => row)
      .filter(({ environment, app }) => may(caller, 'config:read', { environment, app }))
      .map(({ app, name }) => ({ app, namespace: name }))
      .sort((a, b) => (`${a.app} ${a.namespace}` < `${b.app} ${b.namespace}` ? -1 : 1));
    const names = seen.slice(0, 5).map(({ app, namespace }) => `${app}/${namespace}`);
    const total = linkers.length;
    const rest = total - names.length;
    const en = [...names, ...(rest > 0 ? [`${rest} ${names.length > 0 ? 'more' : 'of other apps'}`] : [])];
    const zh = [...names, ...(rest > 0 ? [`${names.length > 0 ? '另外' : '其他应用的'} ${rest} 个`] : [])];
    throw new SluiceError(
      'wrong_state',
      {
        reason: {
          en: `it is linked by ${en.join(', ')}; delete those first`,
          zh: `它被 ${zh.join('、')} 链接；请先删除它们`,
        },
      },
      { details: { reason: 'linked', total, linkers: seen } },
    );
  }
}

const notFound = (): SluiceError => new SluiceError('not_found', { what: { en: 'app', zh: '应用' } });

const texts = {
  document: {
    en: 'is for maps and rules: single keys of a document cannot be overridden',
    zh: '只能用于 map 和 rules：文档无法逐键覆盖',
  },
  self: { en: 'must not be the namespace itself', zh: '不能链接自身' },
  sameApp: {
    en: 'must be a namespace of another app; this one has its own already',
    zh: '必须是其他应用的命名空间；本应用已直接拥有它',
  },
  missing: { en: 'does not exist there', zh: '在该应用中不存在' },
  notPublic: {
    en: 'is not public; its owners can make it so in its settings',
    zh: '不是公共命名空间；其所有者可以在设置中公开它',
  },
  kind: { en: 'is of another kind than this namespace', zh: '与本命名空间的类型不同' },
  cycle: { en: 'leads back to this namespace', zh: '会绕回本命名空间' },
  backHome: {
    en: 'leads back to an app that lies over it; what comes from an app cannot come to it again',
    zh: '会绕回位于其上的应用；来自某应用的内容不能再回到该应用',
  },
  depth: { en: `makes more than ${maxLinks} links in a row`, zh: `会使链接超过 ${maxLinks} 层` },
  schema: {
    en: 'is taken from the public namespace; one that links it has none of its own',
    zh: '取自公共命名空间；链接它的命名空间没有自己的 Schema',
  },
  gone: {
    en: 'what it links is not public any more, so it cannot come back; create it anew',
    zh: '它所链接的命名空间已不再公开，因此无法恢复；请重新创建',
  },
} as const satisfies Record<string, ErrorText>;
