import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allFiles, isSpec, read, sourceFiles, workspaces } from './project.ts';

const written = allFiles.filter((path) => /\.(ts|tsx|mjs|js|css)$/.test(path));
const lineCount = (path: string): number => read(path).split('\n').length - 1;

describe('files', () => {
  it.each([
    ['sources', 350, (path: string) => !isSpec(path) && !/\/migrations\//.test(path)],
    ['specs', 500, isSpec],
  ] as const)('are rooms: %s have at most %i lines', (_, most, isOne) => {
    const long = written.filter(isOne).map((path) => [path, lineCount(path)] as const);
    expect(long.filter(([, lines]) => lines > most)).toEqual([]);
  });

  it('have kebab-case names, and folders too', () => {
    const name = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
    const odd = written.filter((path) => path.split('/').some((part) => !name.test(part)));
    expect(odd).toEqual([]);
  });

  it('lie in folders that say what they are about', () => {
    const bags = new Set(['utils', 'util', 'common', 'helpers', 'helper', 'types', 'misc', 'shared']);
    const odd = allFiles.filter((path) => {
      const parts = path.split('/');
      const stem = posix.basename(path).replace(/\..*$/, '');
      return (
        parts.slice(0, -1).some((part) => bags.has(part)) ||
        (sourceFiles.includes(path) && !isSpec(path) && bags.has(stem))
      );
    });
    expect(odd).toEqual([]);
  });

  it('are opened by their own name: an index is only what a package exports', () => {
    const entries = new Set(
      workspaces.flatMap((w) =>
        Object.values(w.manifest.exports ?? {})
          .flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))
          .map((entry) => posix.join(w.folder, entry)),
      ),
    );
    const barrels = sourceFiles.filter(
      (path) => /(^|\/)index\.(ts|tsx|mjs|js)$/.test(path) && !entries.has(path),
    );
    expect(barrels).toEqual([]);
  });

  const here = 'test/architecture/files.spec.ts';
  const specs = written.filter((path) => isSpec(path) && path !== here);
  const sources = written.filter((path) => !isSpec(path));

  function linesWith(pattern: RegExp, paths: readonly string[]): string[] {
    return paths.flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((text, index) => (pattern.test(text) ? [`${path}:${index + 1}: ${text.trim()}`] : [])),
    );
  }

  it('silence no rule where it speaks; a test of types may expect an error', () => {
    const suppression =
      /biome-ignore|@ts-ignore|@ts-nocheck|eslint-disable|prettier-ignore|(istanbul|c8) ignore/;
    expect(linesWith(suppression, [...sources, ...specs])).toEqual([]);
    expect(
      linesWith(
        /@ts-expect-error/,
        sources.filter((path) => !path.startsWith('test/')),
      ),
    ).toEqual([]);
  });

  it('leave nothing for later', () => {
    // One letter in brackets each, so that whoever looks for such notes does not find this list.
    expect(linesWith(/\b(T[O]DO|F[I]XME|X[X]X)\b/, [...sources, ...specs])).toEqual([]);
  });

  it('hold no test that is passed over or runs alone', () => {
    const passedOver =
      /\b(it|test|describe)\.(skip|only|todo|failing)(\.each)?\(|\b(xit|fit|xtest|xdescribe|fdescribe)\(/;
    expect(linesWith(passedOver, specs)).toEqual([]);
  });
});
