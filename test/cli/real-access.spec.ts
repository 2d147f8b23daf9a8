import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Grant } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { writeRows } from '../support/rows.ts';
import { type MachineOptions, MemoryMachine, type Ran } from './memory-machine.ts';

const password = 'a long enough secret';
let app: BootedApp;

/** Somebody at a machine of his own, signed in. */
class Person {
  readonly machine = new MemoryMachine();

  sluice(argv: readonly string[], options: MachineOptions = {}): Promise<Ran> {
    return this.machine.run(argv, { realTime: true, ...options });
  }

  /** Its output; anything but success fails the test with what it said. */
  async out(argv: readonly string[], options?: MachineOptions): Promise<string> {
    const ran = await this.sluice(argv, options);
    if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.err}`);
    return ran.out;
  }

  static async signedIn(name: string, secret: string, ...more: string[]): Promise<Person> {
    const person = new Person();
    await person.out(['login', '--server', app.url, '--user', name, '--password-stdin', ...more], {
      stdin: secret,
    });
    return person;
  }
}

const user = (name: string, grants: Grant[]) =>
  app.admin.call(contracts.createUser, { body: { name, password, grants } });

beforeAll(async () => {
  app = await bootApp({ environments: ['prod', 'dev'] });
  await app.admin.call(contracts.createApp, { body: { name: 'shop' } });
});
afterAll(() => app?.close());

describe('the command line of everybody', () => {
  it('signs in whoever may sign in, to do what he may', async () => {
    await user('eda', [{ role: 'editor', environment: 'prod', app: 'shop' }]);
    const eda = await Person.signedIn('eda', password);
    const me = JSON.parse(await eda.out(['whoami', '-o', 'json']));
    expect(me).toMatchObject({ kind: 'token', grants: [{ environment: 'prod', app: 'shop' }] });
    expect(await eda.out(['whoami'])).toMatch(/until +20/);
    expect(await eda.out(['token', 'ls'])).toContain('eda on ');
    const viewer = await Person.signedIn('eda', password, '--role', 'viewer');
    expect(JSON.parse(await viewer.out(['whoami', '-o', 'json'])).grants).toEqual([
      { role: 'viewer', environment: 'prod', app: 'shop' },
    ]);
    expect((await eda.sluice(['audit', 'ls'])).code).toBe(4);
    expect((await eda.sluice(['nodes'])).code).toBe(4);
  });

  it('lists and ends the sessions of its owner', async () => {
    await user('sven', []);
    const browser = await app.signIn('sven', password);
    const sven = await Person.signedIn('sven', password);
    expect(await sven.out(['session', 'ls'])).toContain('127.0.0.1');
    expect((await sven.sluice(['session', 'end'])).code).toBe(2);
    await sven.out(['session', 'end', '--all']);
    expect((await browser.attempt(contracts.whoAmI)).status).toBe(401);
  });

  it('rotates a token by its name, finds it by its prefix, and revokes it', async () => {
    const admin = await Person.signedIn(adminName, adminPassword);
    const env = { SLUICE_ENV: 'prod' };
    const secret = (
      await admin.out(['token', 'create', '--app', 'shop', '--name', 'processes'], { env })
    ).trim();
    const next = (await admin.out(['token', 'rotate', 'processes', '--overlap', '1h'])).trim();
    expect(next).not.toBe(secret);
    expect(next.slice(0, 20)).toBe(secret.slice(0, 20));
    const listed = await admin.out(['token', 'ls', '--prefix', secret]);
    expect(listed).toMatch(/processes +client +prod\/shop +admin .*old secret until/);
    expect((await admin.sluice(['token', 'revoke', 'processess'])).err).toContain(
      'Did you mean "processes"?',
    );
    await admin.out(['token', 'revoke', secret.slice(0, 14)]);
    expect(await admin.out(['token', 'ls'])).not.toContain('processes');
    expect(await admin.out(['token', 'ls', '--revoked'])).toMatch(/processes .* revoked 20/);
    const made = ['token', 'create', '--kind', 'api', '--name', 'ci', '--role', 'publisher'];
    await admin.out([...made, '--only', 'config:read,config:publish', '--expires-in-days', '5']);
    expect(await admin.out(['token', 'ls', '--expiring', '7'])).toContain(
      'publisher (config:read config:publish)',
    );
    expect((await admin.sluice([...made, '--only', 'config:all'])).err).toContain(
      '"config:all" is no permission',
    );
  });

  it('lists the nodes', async () => {
    const admin = await Person.signedIn(adminName, adminPassword);
    expect(await admin.out(['nodes'])).toMatch(/\(this one\) +\d+\.\d+\.\d+ .* MiB/);
  });
});

describe('the audit on the command line', () => {
  let auditor: Person;
  const file = (name: string): string => join(auditor.machine.home, name);

  beforeAll(async () => {
    await app.admin.call(contracts.createToken, {
      body: { kind: 'client', name: '=cmd|calc', environment: 'prod', app: 'shop' },
    });
    await user('ada', [{ role: 'auditor', environment: '*', app: '*' }]);
    await user('local', [{ role: 'auditor', environment: 'prod', app: '*' }]);
    auditor = await Person.signedIn('ada', password);
  });

  it('is listed by time, person and kind for an auditor', async () => {
    const listed = await auditor.out(['audit', 'ls', '--since', '1h', '--action', 'user.create']);
    expect(listed).toMatch(/admin \(console 127\.0\.0\.1\) +user\.create +ada/);
    expect(listed).not.toContain('app.create');
    expect(JSON.parse(await auditor.out(['audit', 'ls', '--until', '7d', '-o', 'json']))).toEqual([]);
    expect((await auditor.sluice(['audit', 'ls', '--since', 'yesterday'])).code).toBe(2);
  });

  it('is exported as CSV that no spreadsheet runs', async () => {
    const csv = await auditor.out(['audit', 'export', '--format', 'csv']);
    const lines = csv.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^sequence,at,actor,/);
    expect(lines.slice(1).every((line) => /^\d+,20/.test(line))).toBe(true);
    expect(csv).toContain(",'=cmd|calc,");
    expect(csv).not.toMatch(/(^|,)"?[=@+]/m);
  });

  it('is sound, over the API and from a file, with the hashes that were kept', async () => {
    const anchor = (await auditor.out(['audit', 'head'])).trim();
    expect(anchor).toMatch(/^\d+:[0-9a-f]{64}$/);
    await app.admin.call(contracts.createApp, { body: { name: 'later' } });
    expect(await auditor.out(['audit', 'verify', '--anchor', anchor])).toMatch(
      /Sound up to row \d+, 1 kept hash agrees/,
    );
    const exported = await auditor.out(['audit', 'export']);
    writeFileSync(file('audit.jsonl'), exported);
    writeFileSync(file('anchors'), `${anchor}\n`);
    expect(await auditor.out(['audit', 'verify', '-f', 'audit.jsonl', '--anchors', 'anchors'])).toContain(
      '1 kept',
    );
    // A part of it is sound as well.
    const part = exported.split('\n').slice(3).join('\n');
    expect(await auditor.out(['audit', 'verify', '-f', '-'], { stdin: part })).toContain('Sound up to row');
    expect((await auditor.sluice(['audit', 'verify', '--anchor', 'x'])).code).toBe(2);
  });

  it('is walked by nobody who may read a part of it', async () => {
    const local = await Person.signedIn('local', password);
    expect((await local.sluice(['audit', 'ls'])).code).toBe(0);
    expect(await local.sluice(['audit', 'verify'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('one over all of it'),
    });
  });

  it('shows the first row that was changed, in a file and on the server', async () => {
    const lines = readFileSync(file('audit.jsonl'), 'utf8').trimEnd().split('\n');
    const broken = async (changed: string[]): Promise<string> => {
      const ran = await auditor.sluice(['audit', 'verify', '-f', '-'], { stdin: changed.join('\n') });
      expect(ran.code).toBe(1);
      return ran.out;
    };
    expect(await broken(lines.with(4, lines[4]!.replace('"action":"', '"action":"x')))).toContain(
      'BROKEN at row 5: it is not as it was written',
    );
    expect(await broken(lines.toSpliced(6, 1))).toContain('BROKEN at row 7: it is missing');
    const swapped = lines.with(2, lines[2]!.replace(/"previousHash":"[0-9a-f]+"/, '"previousHash":"0"'));
    expect(await broken(swapped)).toContain('BROKEN at row 3: it does not follow');
    expect((await auditor.sluice(['audit', 'verify', '-f', '-'], { stdin: '{}' })).err).toContain(
      'Line 1 of -',
    );
    const wrong = `3:${'0'.repeat(64)}`;
    expect(await auditor.sluice(['audit', 'verify', '--anchor', wrong])).toMatchObject({
      code: 1,
      out: expect.stringContaining('BROKEN at row 3: it is not the row whose hash was kept'),
    });
    await writeRows(app, "UPDATE audit SET actor = 'nobody' WHERE sequence = 4");
    const ran = await auditor.sluice(['audit', 'verify']);
    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('BROKEN at row 4') });
    expect(ran.out).toContain('Sound up to row 3.');
  });
});
