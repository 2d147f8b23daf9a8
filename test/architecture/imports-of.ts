import { posix } from 'node:path';
import { parseSync } from '@swc/core';
import { read, sourceFiles, workspaces } from './project.ts';

/** One import, export-from, `import('…')` or `require('…')`, types included. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The file of this project that it leads to. */
  readonly file?: string;
  /** The package that it names: `zod`, `@sluice/core`, `node:fs`. */
  readonly package?: string;
}

const known = new Map<string, readonly Import[]>();
const files: ReadonlySet<string> = new Set(sourceFiles);

/** All imports of a file, read from its syntax tree, so that a text that looks like one is none. */
export function importsOf(path: string): readonly Import[] {
  const before = known.get(path);
  if (before) return before;
  const found = [...specifiersIn(treeOf(path))].map((specifier) => resolveImport(path, specifier));
  known.set(path, found);
  return found;
}

/** The syntax tree of a file. */
export function treeOf(path: string): unknown {
  return parseSync(read(path), {
    syntax: 'typescript',
    tsx: path.endsWith('x'),
    decorators: true,
    target: 'es2023',
  });
}

interface Node {
  readonly type?: string;
  readonly source?: { readonly value: string } | null;
  readonly callee?: { readonly type: string; readonly value?: string };
  readonly arguments?: readonly {
    readonly expression: { readonly type: string; readonly value?: unknown };
  }[];
  readonly argument?: { readonly value?: string };
}

function* specifiersIn(tree: unknown): Generator<string> {
  if (typeof tree !== 'object' || tree === null) return;
  const node = tree as Node;
  if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type ?? '') && node.source)
    yield node.source.value;
  if (node.type === 'TsImportType' && node.argument?.value) yield node.argument.value;
  if (
    node.type === 'CallExpression' &&
    (node.callee?.type === 'Import' || node.callee?.value === 'require')
  ) {
    const value = node.arguments?.[0]?.expression.value;
    if (typeof value === 'string') yield value;
  }
  for (const child of Object.values(tree)) yield* specifiersIn(child);
}

function resolveImport(from: string, specifier: string): Import {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(from), specifier);
    return { from, specifier, ...(files.has(target) && { file: target }) };
  }
  const name = specifier.startsWith('node:')
    ? specifier
    : specifier.split('/', specifier[0] === '@' ? 2 : 1).join('/');
  const workspace = workspaces.find((w) => w.manifest.name === name);
  const entry = workspace?.manifest.exports?.[`.${specifier.slice(name.length)}`];
  const source = typeof entry === 'object' ? entry['sluice-source'] : undefined;
  const file = workspace && source ? posix.join(workspace.folder, source) : undefined;
  return { from, specifier, package: name, ...(file && { file }) };
}
