import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { ChainCheck, type ChainFault, contracts } from '@sluice/protocol';
import { AuditLog } from '../../apps/server/src/audit/audit-log.ts';
import { Database } from '../../apps/server/src/database/database.ts';
import { theServer } from '../../apps/server/src/http/caller.ts';
import { type BootedApp } from '../support/boot-app.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { holderOf } from '../support/holder-of.ts';
import { makeApp, readRows, writeRows } from '../support/rows.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Walks the chain as anybody may who reads the whole audit: over the API, three rows at a time. */
async function verify({ admin }: Pick<BootedApp, 'admin'>): Promise<{ sound: number; fault?: ChainFault }> {
  const { head } = await admin.call(contracts.listAudit, { query: { limit: '1' } });
  const chain = new ChainCheck(sha256, [head!]);
  const told = (fault: ChainFault | undefined) => ({ sound: chain.sound.sequence, ...(fault && { fault }) });
  for (;;) {
    const query = { after: String(chain.sound.sequence), limit: '3' };
    const { items } = await admin.call(contracts.listAudit, { query });
    for (const row of items) {
      const fault = chain.next(row);
      if (fault) return told(fault);
    }
    if (items.length < 3) return told(chain.end());
  }
}

onEachDatabase('the audit', (boot) => {
  const write = ({ app }: BootedApp, target: string, fails = false): Promise<void> =>
    app.get(Database, { strict: false }).write(async (tx) => {
      await app.get(AuditLog, { strict: false }).append(tx, theServer, {
        action: 'test.do',
        target,
        detail: { a: undefined, at: new Date(0), n: -0, text: 'x\u0000\ud800', deep: [{ b: 1, a: [null] }] },
      });
      if (fails) throw new Error('the deed failed');
    });

  it('has one row for everything that was done, and tells who and whence', async () => {
    const app = await boot();
    await makeApp(app, 'order-api');
    const bob = await app.admin.call(contracts.createUser, {
      body: { name: 'bob', password: 'a long enough secret', grants: [] },
    });
    await app.admin.call(contracts.changeUser, { params: { user: bob.id }, body: { disabled: true } });
    const { token } = await app.admin.call(contracts.createToken, {
      body: { kind: 'client', name: 'orders', environment: 'prod', app: 'order-api' },
    });
    await app.admin.call(contracts.revokeToken, { params: { token: token.id } });
    const changed = await app.admin.attempt(contracts.changeOwnPassword, {
      body: { current: 'correct horse battery', next: 'another fine secret' },
    });
    const admin = holderOf(app.url, changed);
    const again = await app.signIn('admin', 'another fine secret');
    await again.call(contracts.signOut);
    const { items } = await admin.call(contracts.listAudit);
    expect(items.map(({ sequence, action, target }) => `${sequence} ${action} ${target}`)).toEqual([
      '9 session.end admin',
      '8 session.begin admin',
      '7 user.password admin',
      '6 token.revoke orders',
      '5 token.create orders',
      '4 user.change bob',
      '3 user.create bob',
      '2 environment.create prod',
      '1 user.create admin',
    ]);
    expect(items[4]).toMatchObject({
      actor: 'admin',
      actorKind: 'user',
      remoteAddress: '127.0.0.1',
      via: 'console',
      environment: 'prod',
      app: 'order-api',
      detail: { id: token.id, kind: 'client' },
    });
    expect(items[5]!.detail).toMatchObject({ before: { disabled: false }, after: { disabled: true } });
    expect(JSON.stringify(items)).not.toMatch(/secret|argon2/);
    const page = await admin.call(contracts.listAudit, { query: { limit: '2', before: '6' } });
    expect(page).toMatchObject({ items: [{ sequence: 5 }, { sequence: 4 }], next: 4 });
    expect(await verify({ admin })).toEqual({ sound: 9 });
  });

  it('has no gap and no fork under many writers, and nothing of what failed', async () => {
    const app = await boot();
    const all = Array.from({ length: 40 }, (_, i) => write(app, `deed ${i}`, i % 4 === 0));
    const settled = await Promise.allSettled(all);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    const rows = await readRows<{ sequence: unknown }>(app, 'SELECT sequence FROM audit ORDER BY sequence');
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
    expect(await verify(app)).toEqual({ sound: 32 });
  });

  it.each([
    [
      'an edited target',
      "UPDATE audit SET target = 'else' WHERE sequence = 4",
      { sound: 3, fault: { sequence: 4, problem: 'altered' } },
    ],
    [
      'an edited actor',
      "UPDATE audit SET actor = 'eve' WHERE sequence = 3",
      { sound: 2, fault: { sequence: 3, problem: 'altered' } },
    ],
    [
      'an edited detail',
      "UPDATE audit SET detail = '{}' WHERE sequence = 5",
      { sound: 4, fault: { sequence: 5, problem: 'altered' } },
    ],
    [
      'a deleted row',
      'DELETE FROM audit WHERE sequence = 4',
      { sound: 3, fault: { sequence: 4, problem: 'missing' } },
    ],
    [
      'a cut-off end',
      'DELETE FROM audit WHERE sequence > 5',
      { sound: 5, fault: { sequence: 6, problem: 'missing' } },
    ],
    [
      'a cut-off beginning',
      'DELETE FROM audit WHERE sequence = 1',
      { sound: 0, fault: { sequence: 1, problem: 'missing' } },
    ],
    [
      'a replaced hash',
      "UPDATE audit SET hash = 'x' WHERE sequence = 4",
      { sound: 3, fault: { sequence: 4, problem: 'altered' } },
    ],
    [
      'a relinked row',
      "UPDATE audit SET previous_hash = '' WHERE sequence = 4",
      { sound: 3, fault: { sequence: 4, problem: 'unlinked' } },
    ],
    [
      'a head that was set back',
      `UPDATE setting SET value = '{"sequence":4,"hash":"x"}' WHERE name = 'audit'`,
      { sound: 3, fault: { sequence: 4, problem: 'replaced' } },
    ],
  ])('shows %s', async (_, sql, expected) => {
    const app = await boot();
    for (let i = 0; i < 5; i++) await write(app, `deed ${i}`);
    expect(await verify(app)).toEqual({ sound: 7 });
    await writeRows(app, sql);
    expect(await verify(app)).toEqual(expected);
  });
});
