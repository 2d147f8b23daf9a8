import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from './npm.ts';

const root = join(import.meta.dirname, '../..');

/** A project of somebody who installed `@sluice/client` as it would be published, with nothing else in it. */
export class PackedClient {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-packed-'));

  /** Packs the four packages and installs the tarballs. */
  async install(): Promise<void> {
    const names = ['libs/core', 'libs/protocol', 'libs/scripts', 'libs/client'];
    const workspaces = names.flatMap((name) => ['-w', name]);
    await npm(root, 'pack', ...workspaces, '--pack-destination', this.folder);
    const tarballs = readdirSync(this.folder).filter((name) => name.endsWith('.tgz'));
    if (tarballs.length !== names.length) throw new Error(`packed ${tarballs.join(', ')}`);
    this.write('package.json', '{"name":"shop","private":true,"type":"module"}\n');
    await npm(this.folder, 'install', '--prefer-offline', ...tarballs.map((name) => `./${name}`));
  }

  /** Adds what scripts of rules run in, as somebody would who wants them. */
  addIsolatedVm(): void {
    const path = 'node_modules/isolated-vm';
    symlinkSync(join(root, path), join(this.folder, path));
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** What the compiler has to say of `file`, which is written for Node, the declarations of all packages included. */
  typeFaults(file: string, module: string, moduleResolution: string): string {
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const options = ['--ignoreConfig', '--noEmit', ...strict, '--target', 'es2023', '--lib', 'es2024'];
    const resolution = ['--module', module, '--moduleResolution', moduleResolution];
    const ofNode = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, ...options, ...resolution, ...ofNode, file], {
      cwd: this.folder,
      encoding: 'utf8',
    });
    return stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
