import { describe, expect, it } from '@jest/globals';
import { allFiles, read, readJson } from './project.ts';

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version?: string;
        readonly resolved?: string;
        readonly integrity?: string;
        readonly link?: boolean;
        readonly optional?: boolean;
        readonly os?: readonly string[];
        readonly optionalDependencies?: Readonly<Record<string, string>>;
      }
    >
  >;
}

/** Versions below these have holes that are known and closed. Where a package isn't there, nothing is asked. */
const minimums: Readonly<Record<string, string>> = {
  'engine.io': '6.6.10',
  'socket.io-parser': '4.2.7',
  ws: '8.21.0',
  typeorm: '1.1.1',
  'isolated-vm': '7.0.1',
};
const mustBeThere = ['engine.io', 'socket.io-parser', 'ws', 'typeorm'];

const lock = readJson<Lock>('package-lock.json');
const installed = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'));
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Whether `version` is `minimum` or later; a pre-release comes before its release. */
function reaches(version: string, minimum: string): boolean {
  const [numbers = '', tag] = version.split('-', 2);
  const ours = numbers.split('.').map(Number);
  const theirs = minimum.split('.').map(Number);
  for (let i = 0; i < 3; i++) if (ours[i] !== theirs[i]) return ours[i]! > theirs[i]!;
  return tag === undefined;
}

describe('the lock file', () => {
  it.each(Object.entries(minimums))('has no %s below %s', (name, minimum) => {
    const versions = installed.filter(([path]) => nameOf(path) === name).map(([, entry]) => entry.version!);
    expect(versions.filter((version) => !reaches(version, minimum))).toEqual([]);
    if (mustBeThere.includes(name)) expect(versions.length).toBeGreaterThan(0);
  });

  it('compares versions as numbers', () => {
    expect(reaches('6.6.10', '6.6.9')).toBe(true);
    expect(reaches('6.6.9', '6.6.10')).toBe(false);
    expect(reaches('7.0.0', '6.6.10')).toBe(true);
    expect(reaches('1.1.1-rc.1', '1.1.1')).toBe(false);
  });

  it('names no registry, so that it works behind any mirror, and pins every byte', () => {
    const hosts = installed.filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''));
    expect(hosts.map(([path]) => path)).toEqual([]);
    // What a registry near the one who wrote the lock does not serve is pinned by version alone; it is for other platforms.
    const loose = installed.filter(
      ([, entry]) => !entry.link && !entry.integrity && !(entry.optional && entry.os),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
    expect(read('.npmrc')).toMatch(/^omit-lockfile-registry-resolved=true$/m);
  });

  it('has every platform, because npm ci refuses it whole when one is missing', () => {
    const names = new Set(installed.map(([path]) => nameOf(path)));
    const missing = installed.flatMap(([, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter((name) => !names.has(name)),
    );
    expect(missing).toEqual([]);
  });

  it('is the only one, and the runtime is named alike everywhere', () => {
    expect(
      allFiles.filter((path) => /(^|\/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml)$/.test(path)),
    ).toEqual(['package-lock.json']);
    const { engines } = readJson<{ engines: { node: string } }>('package.json');
    const major = read('.nvmrc').trim();
    expect(engines.node).toContain(major);
    expect(read('tools/run.mjs')).toContain(`wantedMajor = ${major};`);
  });
});
