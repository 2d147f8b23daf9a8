import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allContracts, drillDefinition } from '@sluice/protocol';
import { rule } from '@sluice/protocol/client';
import { parse } from 'yaml';
import { readEnv } from '../../apps/server/src/env/env.ts';
import { Metrics } from '../../apps/server/src/env/metrics.ts';
import { rooms } from './law.ts';
import { documents, isSpec, type PackageJson, read, readJson, root, sourceFiles } from './project.ts';
import { commandsUnder, faultOf, program } from './told-commands.ts';

/** What is shown as code in a document: whole blocks, and pieces in a sentence. */
const blocksIn = (path: string): string[] =>
  [...read(path).matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
const piecesIn = (path: string): string[] =>
  [
    ...read(path)
      .replace(/^```[\s\S]*?^```/gm, '')
      .matchAll(/`([^`\n]+)`/g),
  ].map((match) => match[1]!);

/** `path: what` for everything in the documents that is found and isn't right. */
const wrong = (find: (path: string) => readonly string[]): string[] =>
  documents.flatMap((path) => find(path).map((fault) => `${path}: ${fault}`));
const matchesIn = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map((match) => match[0])),
];

/** The rules of an export, or rules by their ids alone. */
function rulesIn(yaml: { namespaces?: { content: { items: object } }[] }): object[] {
  if (yaml.namespaces) return yaml.namespaces.flatMap(({ content }) => Object.values(content.items));
  return Object.values(yaml).filter((value) => typeof value === 'object' && 'resource' in value);
}

const shipped = sourceFiles.filter((path) => /^(apps|libs|tools)\//.test(path) && !/\.spec\.ts$/.test(path));
const shippedText = shipped.map(read).join('\n');
const guides = documents.filter((path) => /^(README|docs\/(guide\/)?[^/]+\.md)/.test(path));

describe('documents name only what there is:', () => {
  it('commands, with their options and arguments', () => {
    const asked = /^(?:npx )?(sluice(?: .*)?)$/;
    const faults = (texts: string[], isWhole: boolean): string[] =>
      texts.flatMap((text) => {
        const line = asked.exec(text.trim())?.[1];
        const fault = line === undefined ? undefined : faultOf(line, isWhole);
        return fault === undefined ? [] : [`${line}: ${fault}`];
      });
    expect(
      wrong((path) => [
        ...faults(
          blocksIn(path).flatMap((block) => block.split('\n')),
          true,
        ),
        ...faults(piecesIn(path), false),
      ]),
    ).toEqual([]);
  });

  it.each([
    ['sluice get shop order.timeoutMs --because', 'get knows no --because'],
    ['sluice push publish shop', 'push knows no command publish'],
    ['sluice get', 'get takes other arguments'],
    ['sluice whoami --env prod ada', 'whoami takes other arguments'],
    ['sluice set shop a.b=1 c.d=2 --env prod -m "two at once" # as many as there are', undefined],
  ])('and would notice: %s', (line, fault) => {
    expect(faultOf(line, true)).toBe(fault);
  });

  it('options that are spoken of alone', () => {
    const ofPrograms = [
      '--headless',
      '--port',
      '--data',
      '--instances',
      '--story',
      '--fast',
      '--rounds',
      '--help',
    ];
    const known = new Set([
      ...commandsUnder(program).flatMap((command) => command.options.map((option) => option.long)),
      ...ofPrograms,
    ]);
    const unknown = guides.flatMap((path) =>
      piecesIn(path)
        .filter((piece) => /^--[a-z]/.test(piece) && !known.has(piece.split(/[ =]/)[0]!))
        .map((piece) => `${path}: ${piece}`),
    );
    expect(unknown).toEqual([]);
  });

  it('environment variables', () => {
    // Those of tests are what one of them reads.
    const ofTests = sourceFiles
      .filter((path) => isSpec(path) || path.startsWith('test/'))
      .flatMap((path) => matchesIn(read(path), /(?<=process\.env\.)SLUICE_[A-Z_]+[A-Z]/g));
    const isRead = (name: string): boolean => shippedText.includes(name) || ofTests.includes(name);
    expect(
      wrong((path) => matchesIn(read(path), /SLUICE_[A-Z_]+[A-Z]/g).filter((name) => !isRead(name))),
    ).toEqual([]);
  });

  it('addresses of the server', () => {
    const served = [/^\/socket\.io\/?$/, /^\/api\/docs$/, /^\/api\/openapi\.json$/];
    const contracts = allContracts.map(
      ({ path }) => new RegExp(`^${path.replace(/\./g, '\\.').replace(/:\w+/g, '[^/]+')}$`),
    );
    const isServed = (address: string) => [...served, ...contracts].some((each) => each.test(address));
    expect(
      wrong((path) =>
        piecesIn(path)
          .map(
            (piece) => /^(?:(?:GET|POST|PUT|PATCH|DELETE) )?(\/[\w.:/-]+)(?:\?.*)?$/.exec(piece)?.[1] ?? '',
          )
          .filter((address) => /^\/(api|client\/|healthz|readyz|metrics|socket)/.test(address))
          .filter((address) => !isServed(address)),
      ),
    ).toEqual([]);
  });

  it('metrics', async () => {
    const known = (await new Metrics().registry.getMetricsAsJSON()).map(({ name }) => name);
    const told = matchesIn(read('docs/operations.md'), /\b(sluice|nodejs|process)_[a-z0-9_]+/g);
    expect(told.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => name.startsWith('sluice_') && !told.includes(name))).toEqual([]);
  });

  it('files of this project, and subpaths of its packages', () => {
    const subpaths = ['client', 'nest'].flatMap((name) => {
      const { exports = {} } = readJson<PackageJson>(`libs/${name}/package.json`);
      return Object.keys(exports).map((subpath) => `@sluice/${name}${subpath.slice(1)}`);
    });
    expect(
      wrong((path) => [
        ...piecesIn(path).filter(
          (piece) =>
            /^(apps|libs|web|test|tools|docs)\/[\w./-]+$/.test(piece) && !existsSync(join(root, piece)),
        ),
        ...matchesIn(read(path), /@sluice\/(client|nest)(\/[a-z-]+)?\b(?!\.)/g).filter(
          (name) => !subpaths.includes(name),
        ),
      ]),
    ).toEqual([]);
  });

  it('benchmarks', () => {
    const listed = /const benches = \{([^}]+)\}/.exec(read('test/bench/main.ts'))?.[1] ?? '';
    const known = listed.split(',').flatMap((entry) => /^\s*(\w+)/.exec(entry)?.[1] ?? []);
    for (const path of ['README.md', 'README.zh-CN.md']) {
      const told = /npm run bench -- <name>`[^`]*((?:`[a-z]+`[,、 ]*)+)/.exec(read(path))?.[1] ?? '';
      expect(told).not.toBe('');
      expect(known).toEqual(expect.arrayContaining(matchesIn(told, /[a-z]+/g)));
    }
  });

  it('pages in both languages, with the same parts', () => {
    const pages = documents.filter((path) => path.startsWith('docs/guide/'));
    const shapeOf = (path: string) =>
      read(path)
        .split('\n')
        .flatMap((line) => /^(#+ |```\w*|\| |- |\d\. )/.exec(line)?.[0] ?? []);
    expect(pages.length).toBeGreaterThan(10);
    for (const page of pages.filter((path) => !path.endsWith('.zh-CN.md')))
      expect([page, shapeOf(page.replace(/\.md$/, '.zh-CN.md'))]).toEqual([page, shapeOf(page)]);
  });

  it('rules that could be published, and drills that could be run', () => {
    for (const path of documents)
      for (const [, text] of read(path).matchAll(/^```yaml\n([\s\S]*?)^```/gm)) {
        if (/^faults:/m.test(text!)) expect(drillDefinition.safeParse(parse(text!)).error).toBeUndefined();
        else for (const item of rulesIn(parse(text!))) expect(rule.safeParse(item).error).toBeUndefined();
      }
  });
});

describe('docs/operations.md', () => {
  it('tells every migration of a database that is there already', () => {
    const [, ...later] = sourceFiles.flatMap(
      (path) => /^apps\/server\/src\/database\/migrations\/(\d{4}-[a-z-]+)\.ts$/.exec(path)?.[1] ?? [],
    );
    expect(later.length).toBeGreaterThan(0);
    expect(later.filter((name) => !read('docs/operations.md').includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('tells every setting of the server', () => {
    let known: string[] = [];
    try {
      readEnv({ SLUICE_NO_SUCH_SETTING: '1' });
    } catch (error) {
      known = /known: ([A-Z_, ]+)/.exec((error as Error).message)?.[1]?.split(', ') ?? [];
    }
    expect(known.length).toBeGreaterThan(5);
    const told = read('docs/operations.md');
    expect(known.filter((name) => !told.includes(`| \`${name}\` |`))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('shows the rooms of each program in the order of the law', () => {
    const told = piecesIn('docs/architecture.md').filter((piece) => piece.includes(' < '));
    expect(told).toEqual(rooms.map(({ order }) => order.flat().join(' < ')));
  });
});
