import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allFiles, documents, read, root } from './project.ts';

const texts = allFiles.filter((path) => /\.(ts|tsx|mjs|js|css|html|json|md|ya?ml|sh)$|^\.ci\//.test(path));
const ownWords = 'test/architecture/words.spec.ts';
/** These pages lead from the words of others to ours. */
const translating = /^docs\/guide\/(coming-from|gray-on-kubernetes)\./;
const ownTexts = texts.filter((path) => !translating.test(path));

function linesWith(pattern: RegExp, paths: readonly string[]): string[] {
  return paths
    .filter((path) => path !== ownWords && path !== 'package-lock.json')
    .flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((text, index) => {
          const match = pattern.exec(text);
          return match ? [`${path}:${index + 1}: ${match[0]}`] : [];
        }),
    );
}

/** A word that others use, and ours for it. */
const synonyms: readonly [RegExp, string][] = [
  [/\bcanar(y|ies)\b/i, 'gray'],
  [/\bdata-?ids?\b/i, 'namespace or item'],
  [/\btenants?\b/i, 'environment or app'],
  [/\bchecksums?\b/i, 'digest'],
  [/\bhalf-open circuit\b|\bhalf_open\b/i, 'halfOpen'],
  [/\broll(ed|ing)? out to beta\b|\bbeta release\b/i, 'gray'],
  [/\b(pull|push) config\b/i, 'push'],
  [/\bdry mode\b|\bobserve mode\b|\bshadow mode\b/i, 'monitor'],
];

describe('words', () => {
  it.each(synonyms)('say nothing matching %p', (pattern, ours) => {
    expect({ ours, found: linesWith(pattern, ownTexts) }).toEqual({ ours, found: [] });
  });

  it('name no path of one machine and no registry', () => {
    expect(linesWith(/\/(wo)rk\/(main|shared)|\/ro{2}t\/|\/tmp\/(n24|bri[e]fs|ba[s]h)/, texts)).toEqual([]);
    expect(
      linesWith(/https?:\/\/[a-z0-9.-]*(registry|npmmirror|artifactory|nexus)[a-z0-9.-]*/i, texts),
    ).toEqual([]);
  });
});

describe('documents', () => {
  const links = documents.flatMap((path) =>
    [...read(path).matchAll(/!?\[[^\]]*\]\(([^)\s]+)[^)]*\)|(?:src|srcset|href)="([^"]+)"/g)].map((m) => ({
      path,
      target: (m[1] ?? m[2])!,
    })),
  );

  it('link only to what is there', () => {
    const broken = links
      .filter(({ target }) => !/^(https?:|mailto:|#)/.test(target))
      .filter(
        ({ path, target }) => !existsSync(posix.join(root, posix.dirname(path), target.replace(/#.*$/, ''))),
      );
    expect(broken.map(({ path, target }) => `${path}: ${target}`)).toEqual([]);
  });

  it('show no picture from another host', () => {
    expect(linesWith(/!\[[^\]]*\]\(https?:|<img[^>]+src="https?:/, documents)).toEqual([]);
  });

  it('exist in both languages where newcomers start, and lead to each other', () => {
    expect(read('README.md')).toContain('(README.zh-CN.md)');
    expect(read('README.zh-CN.md')).toContain('(README.md)');
    const headings = (path: string): number => read(path).match(/^##+ /gm)?.length ?? 0;
    expect(headings('README.zh-CN.md')).toBe(headings('README.md'));
    const commands = (path: string): string[] => read(path).match(/^(npm|npx|node) .*$/gm) ?? [];
    expect(commands('README.zh-CN.md').map((c) => c.replace(/\s+#.*$/, ''))).toEqual(
      commands('README.md').map((c) => c.replace(/\s+#.*$/, '')),
    );
  });

  it('number decisions without a gap', () => {
    const numbers = documents
      .filter((path) => path.startsWith('docs/decisions/'))
      .map((path) => /^docs\/decisions\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]);
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')));
    expect(numbers.length).toBeGreaterThan(0);
  });
});
