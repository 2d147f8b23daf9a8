import { type ContentDiff, diffContent, type Fault, SluiceError } from '@sluice/core';
import { firstFault, type NamespaceFile } from '@sluice/protocol';
import { type EntityManager, In } from 'typeorm';
import { baseMoved } from './base-moved.ts';
import type { Shape } from './content/content-check.ts';
import type { Sealed } from './content/sealed.ts';
import { type JsonSchema, NamespaceEntity } from './namespace.entity.ts';
import type { Described } from './namespaces.store.ts';
import { ReleaseEntity } from './release.entity.ts';
import { contentOf } from './releases.store.ts';

/** What an import does to one namespace. */
export interface Planned {
  readonly name: string;
  /** The row that is there, deleted or not. */
  readonly row: NamespaceEntity | undefined;
  /** Its revision; 0 for one that is not there. */
  readonly base: number;
  readonly described: Described;
  readonly sealed: Sealed;
  readonly outcome: 'created' | 'changed' | 'same';
  /** Whether its content differs from what is live; a new description alone releases nothing. */
  readonly isReleased: boolean;
  readonly diff: ContentDiff;
}

/** Checks a file's content; a value that is only masked in it is the one of `live`. */
export type SealFile = (
  file: NamespaceFile,
  shape: Shape,
  index: number,
  live: ReleaseEntity | undefined,
) => Sealed;

/** Where a namespace leads to, and what that makes of its shape. */
export type Linked = { readonly linkId: string | null } & Partial<Pick<Shape, 'schema' | 'beneath'>>;

/** Finds what a file links; what it doesn't say stays as it is. */
export type LinkOfFile = (
  manager: EntityManager,
  file: NamespaceFile,
  index: number,
  row: NamespaceEntity | undefined,
) => Promise<Linked>;

/** Compares the files with what is there now, as `manager` sees it. Faults are told of all files at once. */
export async function planOf(
  manager: EntityManager,
  { env, app }: { env: string; app: string },
  files: readonly NamespaceFile[],
  { seal, linkOf }: { readonly seal: SealFile; readonly linkOf: LinkOfFile },
): Promise<Planned[]> {
  const names = files.map((file) => file.name);
  const rows = await manager.find(NamespaceEntity, { where: { environment: env, app, name: In(names) } });
  const liveIds = rows.flatMap((row) => row.liveReleaseId ?? []);
  const live = await manager.find(ReleaseEntity, { where: { id: In(liveIds) } });
  const rowByName = new Map(rows.map((row) => [row.name, row]));
  const liveById = new Map(live.map((release) => [release.id, release]));
  refuse(files.flatMap((file, index) => faultsOfFile(file, index, names, rowByName.get(file.name))));
  const links: Linked[] = [];
  for (const [index, file] of files.entries())
    links.push(await linkOf(manager, file, index, rowByName.get(file.name)));
  return files.map((file, index) => {
    const row = rowByName.get(file.name);
    const isThere = row !== undefined && row.deletedAt === null;
    const { linkId, ...more } = links[index]!;
    const described = { ...describedBy(file, isThere ? row : undefined), linkId };
    const release = isThere ? liveById.get(row.liveReleaseId ?? '') : undefined;
    const sealed = seal(file, { ...described, ...more }, index, release);
    const isReleased = release?.digest !== sealed.digest;
    const isRedescribed = isThere && !isSaidTheSame(row, described);
    return {
      name: file.name,
      row,
      base: isThere ? row.revision : 0,
      described,
      sealed,
      outcome: !isThere ? 'created' : isReleased || isRedescribed ? 'changed' : 'same',
      isReleased,
      diff: diffContent(release && contentOf(release), sealed.content),
    };
  });
}

/** Refuses a plan that was made for something else than what is there. */
export async function requireBases(
  manager: EntityManager,
  plan: readonly Planned[],
  bases: Readonly<Record<string, number>> = {},
): Promise<void> {
  for (const { name, base: revision, row, sealed } of plan) {
    const base = bases[name];
    if (base === undefined || base === revision) continue;
    throw row
      ? await baseMoved(manager, row, { base, yours: sealed.content })
      : new SluiceError('base_moved', { revision, base });
  }
}

/** What the file doesn't say stays as it is. */
function describedBy(file: NamespaceFile, row: NamespaceEntity | undefined): Omit<Described, 'linkId'> {
  return {
    kind: file.kind,
    format: file.content.kind === 'document' ? file.content.format : null,
    description: file.description ?? row?.description ?? '',
    isPublic: file.public ?? row?.isPublic ?? false,
    schema: (file.schema === undefined ? (row?.schema ?? null) : file.schema) as JsonSchema | null,
  };
}

const isSaidTheSame = (row: NamespaceEntity, { description, schema, isPublic, linkId }: Described): boolean =>
  row.description === description &&
  row.isPublic === isPublic &&
  row.linkId === linkId &&
  JSON.stringify(row.schema) === JSON.stringify(schema);

function faultsOfFile(
  file: NamespaceFile,
  index: number,
  names: readonly string[],
  row: NamespaceEntity | undefined,
): Fault[] {
  const { name, kind, format, content } = file;
  const faults: Fault[] = [];
  const fault = (field: string, message: string, zh: string): void => {
    faults.push({ path: `namespaces.${index}.${field}`, problem: 'value', message, zh });
  };
  if (names.indexOf(name) !== index) fault('name', `"${name}" is there twice`, `“${name}”重复`);
  const is = content.kind === 'document' ? content.format : undefined;
  if (format !== undefined && is === undefined) fault('format', 'is for documents only', '只能用于文档');
  if (is !== undefined && file.public) fault('public', 'is for maps and rules only', '只能用于 map 和 rules');
  if (row === undefined || row.deletedAt !== null) return faults;
  if (row.kind !== kind)
    fault(
      'kind',
      `must be "${row.kind}", as "${name}" is here, got "${kind}"`,
      `此处“${name}”的类型是“${row.kind}”，不能是“${kind}”`,
    );
  else if (row.format !== (is ?? null))
    fault(
      'content.format',
      `must be "${row.format}", as "${name}" is here, got "${is}"`,
      `此处“${name}”的格式是“${row.format}”，不能是“${is}”`,
    );
  return faults;
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  throw new SluiceError(
    'invalid',
    { first: firstFault(faults) },
    { details: { faults: faults.slice(0, 100) } },
  );
}
