import { describe, expect, it } from '@jest/globals';
import { type Import, importsOf } from './imports-of.ts';
import { type Arrow, arrows, rooms } from './law.ts';
import { isSpec, type PackageJson, readJson, sourceFiles, type Workspace, workspaces } from './project.ts';

const line = (i: Import): string => `${i.from} imports ${i.specifier}`;
const ofTheRoot = readJson<PackageJson>('package.json').devDependencies ?? {};

function isAllowed(i: Import, arrow: Arrow, workspace: Workspace): boolean {
  // What is beside src (a build's settings) or tests it is no part of the package: it may use tools.
  const isTool = isSpec(i.from) || !i.from.startsWith(`${workspace.folder}/src/`);
  if (i.package === undefined)
    return i.file === undefined || i.file.startsWith(`${workspace.folder}/`) || arrow.folder === 'test';
  if (i.package.startsWith('node:')) return arrow.node || isTool;
  if (i.package.startsWith('@sluice/')) return arrow.sluice.includes(i.package.slice('@sluice/'.length));
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = workspace.manifest;
  if (isTool && i.package in { ...devDependencies, ...ofTheRoot }) return true;
  const isListed = i.package in { ...dependencies, ...peerDependencies, ...optionalDependencies };
  return isListed && (arrow.npm === 'listed' || arrow.npm.includes(i.package));
}

describe('the arrows between packages', () => {
  it('cover every workspace', () => {
    expect(workspaces.map((w) => w.folder).sort()).toEqual(arrows.map((a) => a.folder).sort());
  });

  it.each(arrows.map((a) => [a.folder, a] as const))('%s imports only what it may', (folder, arrow) => {
    const workspace = workspaces.find((w) => w.folder === folder)!;
    const imports = workspace.files.flatMap((file) => importsOf(file));
    expect(imports.filter((i) => !isAllowed(i, arrow, workspace)).map(line)).toEqual([]);
  });

  it.each(arrows.map((a) => [a.folder, a] as const))(
    '%s depends only on what it may import',
    (folder, arrow) => {
      const { dependencies = {}, peerDependencies = {} } = workspaces.find(
        (w) => w.folder === folder,
      )!.manifest;
      const depends = Object.keys({ ...dependencies, ...peerDependencies });
      const sluice = depends
        .filter((name) => name.startsWith('@sluice/'))
        .map((name) => name.slice('@sluice/'.length));
      expect(sluice.filter((name) => !arrow.sluice.includes(name))).toEqual([]);
      const npm = depends.filter((name) => !name.startsWith('@sluice/'));
      if (arrow.npm !== 'listed') expect(npm.filter((name) => !arrow.npm.includes(name))).toEqual([]);
    },
  );

  it('lead to files that are there', () => {
    const broken = sourceFiles
      .flatMap((file) => importsOf(file))
      .filter((i) => /^\.{1,2}\/.*\.(ts|tsx|mjs|js)$/.test(i.specifier) && i.file === undefined)
      .filter((i) => !i.specifier.includes('/dist/'));
    expect(broken.map(line)).toEqual([]);
  });
});

describe.each(rooms)('the rooms of $src', ({ src, order, apart }) => {
  const roomOf = (path: string): string | undefined =>
    path.startsWith(`${src}/`) ? /^([^/]+)\//.exec(path.slice(src.length + 1))?.[1] : undefined;
  const files = sourceFiles.filter((path) => path.startsWith(`${src}/`));
  const place = (room: string): number => order.findIndex((names) => names.includes(room));

  it('are all in the law', () => {
    const found = new Set(files.map(roomOf).filter((room) => room !== undefined));
    expect([...found].filter((room) => place(room) < 0)).toEqual([]);
  });

  it('know themselves and what lies to their left, nothing else', () => {
    const wrong = files.flatMap((file) => {
      const own = roomOf(file);
      if (own === undefined) return []; // the table of contents beside the rooms
      return importsOf(file).filter((i) => {
        if (!i.file?.startsWith(`${src}/`)) return false;
        const other = roomOf(i.file);
        return other === undefined || (other !== own && place(other) >= place(own));
      });
    });
    expect(wrong.map(line)).toEqual([]);
  });

  it('keep the rooms of a room that is so marked from knowing each other', () => {
    const inner = (path: string): string | undefined => path.slice(src.length + 1).split('/')[1];
    const wrong = files
      .filter((file) => apart.includes(roomOf(file) ?? ''))
      .flatMap((file) =>
        importsOf(file).filter(
          (i) => i.file && roomOf(i.file) === roomOf(file) && inner(i.file) !== inner(file),
        ),
      );
    expect(wrong.map(line)).toEqual([]);
  });
});
